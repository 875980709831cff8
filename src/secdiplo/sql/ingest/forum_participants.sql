-- title: Participants of sessions, numbered within their session by their cells
select
    forum || ' ' || year as forum_id,
    forum || ' ' || year || '#' || row_number() over (
        partition by forum, year
        order by counterpart_type, counterpart, counterpart_person, counterpart_office, source_url
    ) as participant_id,
    *
from raw_forum_participants
