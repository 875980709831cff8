-- title: Documented statements on the Global Security Initiative
-- source: Carnegie 2025, section The Global Security Initiative and Figure 4
-- grain: One row per country or organization.
-- unit: country_or_organization
-- uses: regions, counterparts
-- param: as_of (date, '2025-06-30'): Count statements made by this day.
-- param: wording (varchar, null, codes of support_wording): The wordings to count, separated by commas: support, bundle, praise or collective; all by default.
-- column: counterpart_type: Whether it is a country or an organization.
-- column: counterpart: Its code.
-- column: name: Its name.
-- column: region: The region of a country in the scheme; blank for an organization.
-- column: first_date: Date of the first recorded statement, as precisely as it is known.
-- column: form: Kind of statement.
-- column: wording: How strong the wording is: support by name, only with other initiatives, praise, or attributed collectively.
-- column: document: The statement, in the words of the coder.
-- column: source_url: The address of the page.
-- note: A statement with an imprecise date counts only if it was certainly made by that day.
select
    g.counterpart_type,
    g.counterpart,
    c.name,
    r.region,
    g.date as first_date,
    g.form,
    g.wording,
    g.document,
    g.source_url
from gsi_support as g
left join counterparts as c
    on c.counterpart_type = g.counterpart_type and c.counterpart = g.counterpart
left join regions as r
    on g.counterpart_type = 'country' and r.iso3 = g.counterpart
where
    g.date_max <= cast($as_of as date)
    and ($wording is null or strpos(',' || $wording || ',', ',' || g.wording || ',') > 0)
order by g.counterpart_type, g.counterpart
