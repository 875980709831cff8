-- title: Documented statements on the Global Security Initiative
-- source: Carnegie 2025, section The Global Security Initiative and Figure 4
-- grain: One row per country or organization.
-- unit: country_or_organization
-- uses: regions, counterparts
-- param: as_of (date, '2025-06-30'): The day by which the support was expressed.
-- param: wording (varchar, null, codes of support_wording): The wordings to count, separated by commas: support, bundle, praise or collective; all by default.
-- column: counterpart_type: Whether it is a country or an organization.
-- column: counterpart: Its code.
-- column: name: Its name.
-- column: region: The region of a country in the scheme; blank for an organization.
-- column: first_date: The date of the expression on record, at the precision that is known.
-- column: form: What kind of expression it was.
-- column: wording: How strong the wording is: support by name, only with other initiatives, praise, or attributed collectively.
-- column: document: What it was, in the coder's words.
-- column: source_url: The address of the page.
-- note: An expression counts when it was made by that day at the latest, however finely dated.
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
