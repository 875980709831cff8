// What the numbers are, whose they are, and how to cite them.

function buildAbout() {
  const box = byId('about');
  const versions = Object.entries({ secdiplo: about.toolkit, ...about.libraries });
  box.append(
    el('h2', { id: 'about-title' }, 'About this page'),
    el('h3', {}, 'Units'),
    el('dl', { class: 'words' }, Object.entries(about.units).map(([unit, meaning]) => (
      el('div', {}, el('dt', {}, spaced(unit)), el('dd', {}, meaning))))),
    el('h3', {}, 'Scopes'),
    el('dl', { class: 'words' }, Object.entries(payload.scopes).map(([name, scope]) => el('div', {},
      el('dt', {}, name), el('dd', {}, `${scope.title} ${scope.start || scope.end
        ? `(${scope.start || 'any day'} to ${scope.end || 'any day'})` : ''}`)))),
    el('h3', {}, 'How a filter works'),
    el('p', {}, 'A filter takes in rows of the sheet. An event or interaction counts when one of its rows '
      + 'is left, and counts once. An event is in a window of dates when it may have been held in it: one '
      + 'that is dated to a month or a year counts in every window that the month or year overlaps. Dates '
      + 'given here take the place of those of the scope. Confidence is the least that is asked of an event.'),
    el('h3', {}, 'The map'),
    el('p', {}, `${about.convention}. Areas without a code of their own are drawn dashed and never counted. `
      + 'Countries too small to be seen have a circle.'),
    el('h3', {}, 'Licence and citation'),
    el('p', {}, `Data: ${about.licence}.`),
    el('div', { class: 'citation' }, about.citation.split('\n\n').map((paragraph) => (
      el('p', {}, paragraph.split('\n').flatMap((line, n) => (
        n ? [el('br'), ...linked(line)] : linked(line))))))),
    el('h3', {}, 'Made with'),
    el('p', {}, versions.map(([name, version]) => `${name} ${version}`).join(', '),
      '. Charts by Vega, table by DataTables. The page asks no host for anything; links to sources '
      + 'lead out of it.'),
  );
}
