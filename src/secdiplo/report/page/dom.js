// Makes all nodes of the page from text: no cell of the data is ever read as markup.

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (name === 'text') node.textContent = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

const byId = (id) => document.getElementById(id);

// An address that is not http or https (a script, a file) is shown as text.
function link(address, text) {
  const shown = text || address;
  if (!/^https?:\/\/[^\s]+$/i.test(address || '')) {
    return el('span', {}, address && text && text !== address ? `${text} (${address})` : shown);
  }
  return el('a', { href: address, rel: 'noopener noreferrer', target: '_blank' }, shown);
}

// A note, with its addresses as links.
function linked(text) {
  return String(text).split(/(https?:\/\/[^\s;,)]+)/).map((part, n) => (n % 2 ? link(part) : part));
}

const number = new Intl.NumberFormat('en');
const shown = (value) => (value === null || value === undefined ? '' : number.format(value));

function many(count, one, several = `${one}s`) {
  return `${shown(count)} ${count === 1 ? one : several}`;
}

// A simple table. A cell is text, a node, or a number, which is aligned to the right.
function plainTable(caption, heads, rows, hidden = false) {
  const cell = (value) => el('td', { class: typeof value === 'number' ? 'number' : null },
    typeof value === 'number' ? shown(value) : value);
  const numeric = heads.map((_, n) => rows.length > 0 && typeof rows[0][n] === 'number');
  return el('table', { class: 'plain' },
    el('caption', { class: hidden ? 'unseen' : null }, caption),
    el('thead', {}, el('tr', {}, heads.map((head, n) => (
      el('th', { scope: 'col', class: numeric[n] ? 'number' : null }, head))))),
    el('tbody', {}, rows.map((row) => el('tr', {}, row.map((value, n) => (
      n === 0 ? el('th', { scope: 'row' }, value) : cell(value)))))));
}

// On a narrow screen each row of the table becomes a list of names and values. The style sheet
// reads the name of the column from each cell.
function stacking(table) {
  const heads = [...table.querySelectorAll('thead th')].map((head) => head.textContent);
  for (const row of table.querySelectorAll('tbody tr')) {
    [...row.cells].forEach((node, n) => named(node, heads[n]));
  }
  table.classList.add('stacks');
  return table;
}
const named = (node, head) => node.setAttribute('data-head', head);

// A region that scrolls sideways must be reachable without a mouse.
function scrolling(label, node) {
  return el('div', { class: 'scroll', role: 'region', 'aria-label': label, tabindex: '0' }, node);
}
