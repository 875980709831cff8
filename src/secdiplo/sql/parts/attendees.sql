-- title: Who is listed at the sessions of forums
attendees as (
    -- Every row counts, whatever the scope.
    select
        f.forum_id,
        f.counterpart_type,
        f.counterpart
    from forum_participants as f
    union
    select
        e.forum_id,
        i.counterpart_type,
        i.counterpart
    from interactions as i
    inner join events as e
        on e.event_id = i.event_id
    where
        e.format = 'multilateral'
        and e.forum_id is not null
)
