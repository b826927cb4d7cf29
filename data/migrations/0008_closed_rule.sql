-- Closings that recur: every year on a date, or every week on a day, by the integration's local clock.
CREATE TABLE closed_rule (
    integration_id text NOT NULL,
    rule_id        text NOT NULL,
    repeats        text NOT NULL,             -- yearly | weekly
    day            text NOT NULL,             -- yearly: 12-24 (month-day); weekly: 7 (1 = Monday)
    starts         text NOT NULL,             -- 13:00
    ends           text NOT NULL,             -- 24:00, or a time not after starts: on the next day
    note           text NOT NULL,
    PRIMARY KEY (integration_id, rule_id)
);
