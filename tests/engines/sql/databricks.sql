-- generated, not run

-- step 1
SELECT
  `t7`.`newest@0 days`,
  `t7`.`users@0 days:value`,
  IF(TRIM(' \t\n\r\v\f' FROM `t7`.`key`) = '', CAST(NULL AS STRING), `t7`.`key`) AS `id`
FROM (
  SELECT
    `t6`.`key`,
    `t6`.`newest@0 days`,
    `t5`.`key` AS `key_right`,
    `t5`.`users@0 days:value`
  FROM (
    SELECT
      `t1`.`account_id` AS `key`,
      MAX(`t1`.`at`) AS `newest@0 days`
    FROM (
      SELECT
        `t0`.`account_id`,
        `t0`.`at`,
        `t0`.`loaded_at`,
        `t0`.`user_id`
      FROM `view_1` AS `t0`
      WHERE
        `t0`.`at` < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        AND `t0`.`loaded_at` < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    ) AS `t1`
    GROUP BY
      1
  ) AS `t6`
  LEFT OUTER JOIN (
    SELECT
      `t2`.`key`,
      COUNT(*) AS `users@0 days:value`
    FROM (
      SELECT DISTINCT
        `t0`.`account_id` AS `key`,
        `t0`.`user_id` AS `value`
      FROM `view_1` AS `t0`
      WHERE
        `t0`.`at` < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        AND `t0`.`loaded_at` < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        AND `t0`.`at` >= CAST('2026-06-03T00:00:00' AS TIMESTAMP)
        AND `t0`.`user_id` IS NOT NULL
    ) AS `t2`
    GROUP BY
      1
  ) AS `t5`
    ON `t6`.`key` = `t5`.`key`
) AS `t7`;

-- step 2
SELECT
  `t22`.`id`,
  `t22`.`began`,
  `t22`.`in_id`,
  `t22`.`parent_id`,
  `t22`.`name`,
  `t22`.`owner`,
  `t22`.`value`,
  `t22`.`tenure_days@0 days:value`,
  `t22`.`tenure_days@0 days:state`,
  `t22`.`tenure_days@0 days:at`,
  `t22`.`today@0 days:value`,
  `t22`.`today@0 days:state`,
  `t22`.`today@0 days:at`,
  `t22`.`plan@0 days:value`,
  `t22`.`plan@0 days:state`,
  `t22`.`plan@0 days:at`,
  `t22`.`users@0 days:value`,
  `t22`.`users@0 days:state`,
  `t22`.`users@0 days:at`
FROM (
  SELECT
    `t21`.`id`,
    `t21`.`began`,
    `t21`.`in_id`,
    `t21`.`parent_id`,
    `t21`.`name`,
    `t21`.`owner`,
    `t21`.`value`,
    `t21`.`tenure_days@0 days:value`,
    `t21`.`tenure_days@0 days:state`,
    `t21`.`tenure_days@0 days:at`,
    `t21`.`today@0 days:value`,
    `t21`.`today@0 days:state`,
    `t21`.`today@0 days:at`,
    `t21`.`plan@0 days:value`,
    `t21`.`plan@0 days:state`,
    `t21`.`plan@0 days:at`,
    `t21`.`newest@0 days`,
    IF(
      CASE
        WHEN NOT (
          `t21`.`feed@0 days` IS NOT NULL
        )
        THEN IF(`t21`.`newest@0 days` IS NOT NULL, 'stale_feed', 'not_connected')
        WHEN NOT (
          COALESCE(`t21`.`feed@0 days` >= CAST('2026-06-03T00:00:00' AS TIMESTAMP), FALSE)
        )
        THEN IF(`t21`.`newest@0 days` IS NOT NULL, 'stale_feed', 'not_connected')
        WHEN NOT (
          `t21`.`newest@0 days` IS NOT NULL
        )
        THEN 'not_connected'
        WHEN COALESCE(`t21`.`users@0 days:value`, 0) > 0
        THEN 'ok'
        ELSE 'ok'
      END = 'ok',
      COALESCE(`t21`.`users@0 days:value`, 0),
      CAST(NULL AS BIGINT)
    ) AS `users@0 days:value`,
    `t21`.`feed@0 days`,
    CASE
      WHEN NOT (
        `t21`.`feed@0 days` IS NOT NULL
      )
      THEN IF(`t21`.`newest@0 days` IS NOT NULL, 'stale_feed', 'not_connected')
      WHEN NOT (
        COALESCE(`t21`.`feed@0 days` >= CAST('2026-06-03T00:00:00' AS TIMESTAMP), FALSE)
      )
      THEN IF(`t21`.`newest@0 days` IS NOT NULL, 'stale_feed', 'not_connected')
      WHEN NOT (
        `t21`.`newest@0 days` IS NOT NULL
      )
      THEN 'not_connected'
      WHEN COALESCE(`t21`.`users@0 days:value`, 0) > 0
      THEN 'ok'
      ELSE 'ok'
    END AS `users@0 days:state`,
    `t21`.`newest@0 days` AS `users@0 days:at`
  FROM (
    SELECT
      `t20`.`id`,
      `t20`.`began`,
      `t20`.`in_id`,
      `t20`.`parent_id`,
      `t20`.`name`,
      `t20`.`owner`,
      `t20`.`value`,
      `t20`.`tenure_days@0 days:value`,
      `t20`.`tenure_days@0 days:state`,
      `t20`.`tenure_days@0 days:at`,
      `t20`.`today@0 days:value`,
      `t20`.`today@0 days:state`,
      `t20`.`today@0 days:at`,
      `t20`.`plan@0 days:value`,
      `t20`.`plan@0 days:state`,
      `t20`.`plan@0 days:at`,
      `t20`.`newest@0 days`,
      `t20`.`users@0 days:value`,
      `t5`.`feed@0 days`
    FROM (
      SELECT
        `t18`.`id`,
        `t18`.`began`,
        `t18`.`in_id`,
        `t18`.`parent_id`,
        `t18`.`name`,
        `t18`.`owner`,
        `t18`.`value`,
        `t18`.`tenure_days@0 days:value`,
        `t18`.`tenure_days@0 days:state`,
        `t18`.`tenure_days@0 days:at`,
        `t18`.`today@0 days:value`,
        `t18`.`today@0 days:state`,
        `t18`.`today@0 days:at`,
        `t18`.`plan@0 days:value`,
        `t18`.`plan@0 days:state`,
        `t18`.`plan@0 days:at`,
        `t18`.`newest@0 days`,
        `t18`.`users@0 days:value`
      FROM (
        SELECT
          `t17`.`id`,
          `t17`.`began`,
          `t17`.`in_id`,
          `t17`.`parent_id`,
          `t17`.`name`,
          `t17`.`owner`,
          `t17`.`value`,
          `t17`.`tenure_days@0 days:value`,
          `t17`.`tenure_days@0 days:state`,
          `t17`.`tenure_days@0 days:at`,
          `t17`.`today@0 days:value`,
          `t17`.`today@0 days:state`,
          `t17`.`today@0 days:at`,
          `t17`.`plan@0 days:value`,
          `t17`.`plan@0 days:state`,
          `t17`.`plan@0 days:at`,
          `t6`.`newest@0 days`,
          `t6`.`users@0 days:value`,
          `t6`.`id` AS `id_right`
        FROM (
          SELECT
            `t15`.`id`,
            `t15`.`began`,
            `t15`.`in_id`,
            `t15`.`parent_id`,
            `t15`.`name`,
            `t15`.`owner`,
            `t15`.`value`,
            `t15`.`tenure_days@0 days:value`,
            `t15`.`tenure_days@0 days:state`,
            `t15`.`tenure_days@0 days:at`,
            `t15`.`today@0 days:value`,
            `t15`.`today@0 days:state`,
            `t15`.`today@0 days:at`,
            `t15`.`plan@0 days:value`,
            COALESCE(`t15`.`plan@0 days:state`, 'no_data') AS `plan@0 days:state`,
            `t15`.`plan@0 days:at`
          FROM (
            SELECT
              `t14`.`id`,
              `t14`.`began`,
              `t14`.`in_id`,
              `t14`.`parent_id`,
              `t14`.`name`,
              `t14`.`owner`,
              `t14`.`value`,
              `t14`.`tenure_days@0 days:value`,
              `t14`.`tenure_days@0 days:state`,
              `t14`.`tenure_days@0 days:at`,
              `t14`.`today@0 days:value`,
              `t14`.`today@0 days:state`,
              `t14`.`today@0 days:at`,
              `t14`.`plan@0 days:value`,
              `t14`.`plan@0 days:state`,
              `t14`.`plan@0 days:at`
            FROM (
              SELECT
                `t13`.`id`,
                `t13`.`began`,
                `t13`.`in_id`,
                `t13`.`parent_id`,
                `t13`.`name`,
                `t13`.`owner`,
                `t13`.`value`,
                `t13`.`tenure_days@0 days:value`,
                `t13`.`tenure_days@0 days:state`,
                `t13`.`tenure_days@0 days:at`,
                `t13`.`today@0 days:value`,
                `t13`.`today@0 days:state`,
                `t13`.`today@0 days:at`,
                `t11`.`id` AS `id_right`,
                `t11`.`plan@0 days:value`,
                `t11`.`plan@0 days:state`,
                `t11`.`plan@0 days:at`
              FROM (
                SELECT
                  `t9`.`@id` AS `id`,
                  `t9`.`@began` AS `began`,
                  `t9`.`@in` AS `in_id`,
                  `t9`.`@parent` AS `parent_id`,
                  CAST(NULL AS STRING) AS `name`,
                  CAST(NULL AS STRING) AS `owner`,
                  CAST(NULL AS DOUBLE) AS `value`,
                  IF(
                    DATEDIFF(DAY, CAST(`t9`.`@began` AS DATE), MAKE_DATE(2026, 6, 30)) >= 0,
                    DATEDIFF(DAY, CAST(`t9`.`@began` AS DATE), MAKE_DATE(2026, 6, 30)),
                    CAST(NULL AS BIGINT)
                  ) AS `tenure_days@0 days:value`,
                  IF(
                    IF(
                      DATEDIFF(DAY, CAST(`t9`.`@began` AS DATE), MAKE_DATE(2026, 6, 30)) >= 0,
                      DATEDIFF(DAY, CAST(`t9`.`@began` AS DATE), MAKE_DATE(2026, 6, 30)),
                      CAST(NULL AS BIGINT)
                    ) IS NULL,
                    'no_data',
                    'ok'
                  ) AS `tenure_days@0 days:state`,
                  CAST(NULL AS TIMESTAMP) AS `tenure_days@0 days:at`,
                  MAKE_DATE(2026, 6, 30) AS `today@0 days:value`,
                  IF(MAKE_DATE(2026, 6, 30) IS NULL, 'no_data', 'ok') AS `today@0 days:state`,
                  CAST(NULL AS TIMESTAMP) AS `today@0 days:at`
                FROM (
                  SELECT
                    `t8`.`account_id`,
                    `t8`.`started_on`,
                    `t8`.`plan`,
                    `t8`.`@id`,
                    `t8`.`@began`,
                    `t8`.`@ended`,
                    `t8`.`@parent`,
                    `t8`.`@in`
                  FROM (
                    SELECT
                      `t7`.`account_id`,
                      `t7`.`started_on`,
                      `t7`.`plan`,
                      `t7`.`@id`,
                      `t7`.`@began`,
                      `t7`.`@rank`,
                      CAST(NULL AS TIMESTAMP) AS `@ended`,
                      CAST(NULL AS STRING) AS `@parent`,
                      CAST(NULL AS STRING) AS `@in`
                    FROM (
                      SELECT
                        `t4`.`account_id`,
                        `t4`.`started_on`,
                        `t4`.`plan`,
                        IF(
                          TRIM(' \t\n\r\v\f' FROM `t4`.`account_id`) = '',
                          CAST(NULL AS STRING),
                          `t4`.`account_id`
                        ) AS `@id`,
                        `t4`.`started_on` AS `@began`,
                        ROW_NUMBER() OVER (PARTITION BY `t4`.`account_id` ORDER BY `t4`.`plan` DESC, `t4`.`started_on` DESC) - 1 AS `@rank`
                      FROM (
                        SELECT
                          `t1`.`account_id`,
                          CAST(`t1`.`started_on` AS TIMESTAMP) AS `started_on`,
                          `t1`.`plan`
                        FROM `view_0` AS `t1`
                      ) AS `t4`
                    ) AS `t7`
                    WHERE
                      `t7`.`@id` IS NOT NULL AND `t7`.`@rank` = 0
                  ) AS `t8`
                ) AS `t9`
                WHERE
                  (
                    (
                      `t9`.`@began` IS NULL
                    )
                    OR (
                      CAST(`t9`.`@began` AS DATE) <= MAKE_DATE(2026, 6, 30)
                    )
                  )
                  AND (
                    (
                      `t9`.`@ended` IS NULL
                    )
                    OR (
                      CAST(`t9`.`@ended` AS DATE) > MAKE_DATE(2026, 6, 30)
                    )
                  )
              ) AS `t13`
              LEFT OUTER JOIN (
                SELECT
                  `t9`.`@id` AS `id`,
                  `t9`.`plan` AS `plan@0 days:value`,
                  IF(`t9`.`plan` IS NULL, 'no_data', 'ok') AS `plan@0 days:state`,
                  CAST(NULL AS TIMESTAMP) AS `plan@0 days:at`
                FROM (
                  SELECT
                    `t8`.`account_id`,
                    `t8`.`started_on`,
                    `t8`.`plan`,
                    `t8`.`@id`,
                    `t8`.`@began`,
                    `t8`.`@ended`,
                    `t8`.`@parent`,
                    `t8`.`@in`
                  FROM (
                    SELECT
                      `t7`.`account_id`,
                      `t7`.`started_on`,
                      `t7`.`plan`,
                      `t7`.`@id`,
                      `t7`.`@began`,
                      `t7`.`@rank`,
                      CAST(NULL AS TIMESTAMP) AS `@ended`,
                      CAST(NULL AS STRING) AS `@parent`,
                      CAST(NULL AS STRING) AS `@in`
                    FROM (
                      SELECT
                        `t4`.`account_id`,
                        `t4`.`started_on`,
                        `t4`.`plan`,
                        IF(
                          TRIM(' \t\n\r\v\f' FROM `t4`.`account_id`) = '',
                          CAST(NULL AS STRING),
                          `t4`.`account_id`
                        ) AS `@id`,
                        `t4`.`started_on` AS `@began`,
                        ROW_NUMBER() OVER (PARTITION BY `t4`.`account_id` ORDER BY `t4`.`plan` DESC, `t4`.`started_on` DESC) - 1 AS `@rank`
                      FROM (
                        SELECT
                          `t1`.`account_id`,
                          CAST(`t1`.`started_on` AS TIMESTAMP) AS `started_on`,
                          `t1`.`plan`
                        FROM `view_0` AS `t1`
                      ) AS `t4`
                    ) AS `t7`
                    WHERE
                      `t7`.`@id` IS NOT NULL AND `t7`.`@rank` = 0
                  ) AS `t8`
                ) AS `t9`
                WHERE
                  (
                    (
                      `t9`.`@began` IS NULL
                    )
                    OR (
                      CAST(`t9`.`@began` AS DATE) <= MAKE_DATE(2026, 6, 30)
                    )
                  )
                  AND (
                    (
                      `t9`.`@ended` IS NULL
                    )
                    OR (
                      CAST(`t9`.`@ended` AS DATE) > MAKE_DATE(2026, 6, 30)
                    )
                  )
              ) AS `t11`
                ON `t13`.`id` = `t11`.`id`
            ) AS `t14`
          ) AS `t15`
        ) AS `t17`
        LEFT OUTER JOIN (
          SELECT
            *
          FROM `kept_2` AS `t0`
          WHERE
            `t0`.`id` IS NOT NULL
        ) AS `t6`
          ON `t17`.`id` = `t6`.`id`
      ) AS `t18`
    ) AS `t20`
    CROSS JOIN (
      SELECT
        MAX(`t0`.`newest@0 days`) AS `feed@0 days`
      FROM `kept_2` AS `t0`
    ) AS `t5`
  ) AS `t21`
) AS `t22`;

-- step 3
SELECT
  *
FROM (
  SELECT
    `t0`.`id`,
    'tenure_days' AS `metric`,
    CAST(`t0`.`tenure_days@0 days:value` AS DOUBLE) AS `number`,
    CAST(NULL AS STRING) AS `text`,
    CAST(NULL AS DATE) AS `day`,
    `t0`.`tenure_days@0 days:state` AS `state`,
    `t0`.`tenure_days@0 days:at` AS `at`
  FROM `kept_3` AS `t0`
) AS `t2`
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t0`.`id`,
      'users' AS `metric`,
      CAST(`t0`.`users@0 days:value` AS DOUBLE) AS `number`,
      CAST(NULL AS STRING) AS `text`,
      CAST(NULL AS DATE) AS `day`,
      `t0`.`users@0 days:state` AS `state`,
      `t0`.`users@0 days:at` AS `at`
    FROM `kept_3` AS `t0`
  ) AS `t3`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t0`.`id`,
      'plan' AS `metric`,
      CAST(NULL AS DOUBLE) AS `number`,
      `t0`.`plan@0 days:value` AS `text`,
      CAST(NULL AS DATE) AS `day`,
      `t0`.`plan@0 days:state` AS `state`,
      `t0`.`plan@0 days:at` AS `at`
    FROM `kept_3` AS `t0`
  ) AS `t1`
) AS `t4`;

-- step 4
SELECT
  `t0`.`id`,
  `t0`.`name`,
  `t0`.`owner`,
  `t0`.`parent_id`,
  `t0`.`began`,
  `t0`.`value`
FROM `kept_3` AS `t0`;

-- step 5
WITH `t13` AS (
  SELECT
    `t12`.`id`,
    `t12`.`number`,
    `t12`.`text`,
    `t12`.`at`,
    `t12`.`value_state`,
    `t12`.`node`,
    `t12`.`variant`,
    `t12`.`scale`,
    `t12`.`warn`,
    `t12`.`expire`,
    `t12`.`grace`,
    `t12`.`fits`,
    `t12`.`reach_low`,
    `t12`.`reach_high`,
    `t12`.`policy`,
    `t12`.`otherwise`,
    `t12`.`never`,
    `t12`.`fits` AS `applies`,
    FALSE AS `young`
  FROM (
    SELECT
      `t11`.`id`,
      `t11`.`number`,
      `t11`.`text`,
      `t11`.`at`,
      `t11`.`value_state`,
      `t11`.`node`,
      `t11`.`variant`,
      `t11`.`scale`,
      `t11`.`warn`,
      `t11`.`expire`,
      `t11`.`grace`,
      `t11`.`fits`,
      `t11`.`reach_low`,
      `t11`.`reach_high`,
      `t11`.`policy`,
      `t11`.`otherwise`,
      `t11`.`never`
    FROM (
      SELECT
        `t10`.`id`,
        `t10`.`number`,
        `t10`.`text`,
        `t10`.`at`,
        `t10`.`value_state`,
        `t10`.`node`,
        `t10`.`variant`,
        `t10`.`scale`,
        `t10`.`warn`,
        `t10`.`expire`,
        `t10`.`grace`,
        `t10`.`applies` AS `fits`,
        `t10`.`known`,
        `t10`.`reach_low`,
        `t10`.`reach_high`,
        `t10`.`policy`,
        `t10`.`otherwise`,
        `t10`.`never`
      FROM (
        SELECT
          `t9`.`id`,
          `t9`.`number`,
          `t9`.`text`,
          `t9`.`at`,
          `t9`.`value_state`,
          `t9`.`node`,
          `t9`.`variant`,
          `t9`.`scale`,
          `t9`.`warn`,
          `t9`.`expire`,
          `t9`.`grace`,
          `t9`.`applies`,
          `t9`.`known`,
          `t9`.`reach_low`,
          `t9`.`reach_high`,
          `t9`.`policy`,
          `t9`.`otherwise`,
          `t9`.`never`
        FROM (
          SELECT
            `t8`.`id`,
            `t8`.`metric`,
            `t8`.`number`,
            `t8`.`text`,
            `t8`.`at`,
            `t8`.`value_state`,
            `t6`.`node`,
            `t6`.`variant`,
            `t6`.`scale`,
            `t6`.`warn`,
            `t6`.`expire`,
            `t6`.`grace`,
            `t6`.`applies`,
            `t6`.`known`,
            `t6`.`reach_low`,
            `t6`.`reach_high`,
            `t6`.`policy`,
            `t6`.`otherwise`,
            `t6`.`never`
          FROM (
            SELECT
              `t2`.`id`,
              `t2`.`metric`,
              `t2`.`number`,
              `t2`.`text`,
              `t2`.`at`,
              `t2`.`state` AS `value_state`
            FROM `kept_4` AS `t2`
          ) AS `t8`
          INNER JOIN `memory_0` AS `t6`
            ON `t8`.`metric` = `t6`.`metric`
        ) AS `t9`
      ) AS `t10`
    ) AS `t11`
  ) AS `t12`
)
SELECT
  `t27`.`id`,
  `t27`.`node`,
  `t27`.`scale`,
  `t27`.`state`,
  CASE
    WHEN `t27`.`state` = 'never'
    THEN `t27`.`never`
    WHEN `t27`.`state` IN ('ok', 'ageing', 'never')
    THEN `t27`.`scored`
    WHEN `t27`.`state` IN ('not_applicable', 'grace', 'not_connected')
    THEN CAST(NULL AS DOUBLE)
    ELSE `t27`.`policy`
  END AS `points`
FROM (
  SELECT
    `t26`.`id`,
    `t26`.`number`,
    `t26`.`text`,
    `t26`.`at`,
    `t26`.`value_state`,
    `t26`.`node`,
    `t26`.`variant`,
    `t26`.`scale`,
    `t26`.`warn`,
    `t26`.`expire`,
    `t26`.`grace`,
    `t26`.`fits`,
    `t26`.`reach_low`,
    `t26`.`reach_high`,
    `t26`.`policy`,
    `t26`.`otherwise`,
    `t26`.`never`,
    `t26`.`applies`,
    `t26`.`young`,
    `t26`.`x0`,
    `t26`.`dx`,
    `t26`.`p0`,
    `t26`.`dp`,
    `t26`.`mapped`,
    `t26`.`scored`,
    `t26`.`happened`,
    `t26`.`silent`,
    CASE
      WHEN NOT (
        COALESCE(`t26`.`applies`, TRUE)
      )
      THEN 'not_applicable'
      WHEN `t26`.`young`
      THEN 'grace'
      WHEN `t26`.`silent` IS NOT NULL
      THEN 'not_connected'
      WHEN (
        `t26`.`applies` IS NOT NULL
      )
      AND (
        `t26`.`never` IS NOT NULL AND NOT ISNAN(`t26`.`never`)
      )
      AND NOT (
        `t26`.`happened`
      )
      THEN 'never'
      WHEN (
        `t26`.`applies` IS NULL
      )
      OR NOT (
        `t26`.`value_state` IN ('ok', 'worst')
        AND (
          `t26`.`scored` IS NOT NULL AND NOT ISNAN(`t26`.`scored`)
        )
      )
      THEN 'missing'
      WHEN COALESCE(
        DATEDIFF(DAY, CAST(`t26`.`at` AS DATE), MAKE_DATE(2026, 6, 30)) >= `t26`.`expire`,
        FALSE
      )
      THEN 'expired'
      WHEN COALESCE(
        DATEDIFF(DAY, CAST(`t26`.`at` AS DATE), MAKE_DATE(2026, 6, 30)) >= `t26`.`warn`,
        FALSE
      )
      THEN 'ageing'
      ELSE 'ok'
    END AS `state`
  FROM (
    SELECT
      `t25`.`id`,
      `t25`.`number`,
      `t25`.`text`,
      `t25`.`at`,
      `t25`.`value_state`,
      `t25`.`node`,
      `t25`.`variant`,
      `t25`.`scale`,
      `t25`.`warn`,
      `t25`.`expire`,
      `t25`.`grace`,
      `t25`.`fits`,
      `t25`.`reach_low`,
      `t25`.`reach_high`,
      `t25`.`policy`,
      `t25`.`otherwise`,
      `t25`.`never`,
      `t25`.`applies`,
      `t25`.`young`,
      `t25`.`x0`,
      `t25`.`dx`,
      `t25`.`p0`,
      `t25`.`dp`,
      `t25`.`mapped`,
      `t25`.`scored`,
      `t25`.`happened`,
      `t21`.`silent`
    FROM (
      SELECT
        `t23`.`id`,
        `t23`.`number`,
        `t23`.`text`,
        `t23`.`at`,
        `t23`.`value_state`,
        `t23`.`node`,
        `t23`.`variant`,
        `t23`.`scale`,
        `t23`.`warn`,
        `t23`.`expire`,
        `t23`.`grace`,
        `t23`.`fits`,
        `t23`.`reach_low`,
        `t23`.`reach_high`,
        `t23`.`policy`,
        `t23`.`otherwise`,
        `t23`.`never`,
        `t23`.`applies`,
        `t23`.`young`,
        `t23`.`x0`,
        `t23`.`dx`,
        `t23`.`p0`,
        `t23`.`dp`,
        `t23`.`mapped`,
        CASE
          WHEN ABS(
            IF(
              `t23`.`value_state` = 'worst',
              `t23`.`reach_low`,
              COALESCE(
                `t23`.`p0` + (
                  TRY_DIVIDE(`t23`.`number` - `t23`.`x0`, `t23`.`dx`) * `t23`.`dp`
                ),
                COALESCE(
                  `t23`.`mapped`,
                  IF(`t23`.`text` IS NOT NULL, `t23`.`otherwise`, CAST(NULL AS DOUBLE))
                )
              )
            )
          ) < 9007199.254740993
          THEN CAST(ROUND(
            IF(
              `t23`.`value_state` = 'worst',
              `t23`.`reach_low`,
              COALESCE(
                `t23`.`p0` + (
                  TRY_DIVIDE(`t23`.`number` - `t23`.`x0`, `t23`.`dx`) * `t23`.`dp`
                ),
                COALESCE(
                  `t23`.`mapped`,
                  IF(`t23`.`text` IS NOT NULL, `t23`.`otherwise`, CAST(NULL AS DOUBLE))
                )
              )
            ),
            9
          ) AS DOUBLE)
          WHEN ABS(
            IF(
              `t23`.`value_state` = 'worst',
              `t23`.`reach_low`,
              COALESCE(
                `t23`.`p0` + (
                  TRY_DIVIDE(`t23`.`number` - `t23`.`x0`, `t23`.`dx`) * `t23`.`dp`
                ),
                COALESCE(
                  `t23`.`mapped`,
                  IF(`t23`.`text` IS NOT NULL, `t23`.`otherwise`, CAST(NULL AS DOUBLE))
                )
              )
            )
          ) < 9007199254.740992
          THEN CAST(ROUND(
            IF(
              `t23`.`value_state` = 'worst',
              `t23`.`reach_low`,
              COALESCE(
                `t23`.`p0` + (
                  TRY_DIVIDE(`t23`.`number` - `t23`.`x0`, `t23`.`dx`) * `t23`.`dp`
                ),
                COALESCE(
                  `t23`.`mapped`,
                  IF(`t23`.`text` IS NOT NULL, `t23`.`otherwise`, CAST(NULL AS DOUBLE))
                )
              )
            ),
            6
          ) AS DOUBLE)
          WHEN ABS(
            IF(
              `t23`.`value_state` = 'worst',
              `t23`.`reach_low`,
              COALESCE(
                `t23`.`p0` + (
                  TRY_DIVIDE(`t23`.`number` - `t23`.`x0`, `t23`.`dx`) * `t23`.`dp`
                ),
                COALESCE(
                  `t23`.`mapped`,
                  IF(`t23`.`text` IS NOT NULL, `t23`.`otherwise`, CAST(NULL AS DOUBLE))
                )
              )
            )
          ) < 9007199254740.992
          THEN CAST(ROUND(
            IF(
              `t23`.`value_state` = 'worst',
              `t23`.`reach_low`,
              COALESCE(
                `t23`.`p0` + (
                  TRY_DIVIDE(`t23`.`number` - `t23`.`x0`, `t23`.`dx`) * `t23`.`dp`
                ),
                COALESCE(
                  `t23`.`mapped`,
                  IF(`t23`.`text` IS NOT NULL, `t23`.`otherwise`, CAST(NULL AS DOUBLE))
                )
              )
            ),
            3
          ) AS DOUBLE)
          WHEN ABS(
            IF(
              `t23`.`value_state` = 'worst',
              `t23`.`reach_low`,
              COALESCE(
                `t23`.`p0` + (
                  TRY_DIVIDE(`t23`.`number` - `t23`.`x0`, `t23`.`dx`) * `t23`.`dp`
                ),
                COALESCE(
                  `t23`.`mapped`,
                  IF(`t23`.`text` IS NOT NULL, `t23`.`otherwise`, CAST(NULL AS DOUBLE))
                )
              )
            )
          ) <= 1e+300
          THEN IF(
            `t23`.`value_state` = 'worst',
            `t23`.`reach_low`,
            COALESCE(
              `t23`.`p0` + (
                TRY_DIVIDE(`t23`.`number` - `t23`.`x0`, `t23`.`dx`) * `t23`.`dp`
              ),
              COALESCE(
                `t23`.`mapped`,
                IF(`t23`.`text` IS NOT NULL, `t23`.`otherwise`, CAST(NULL AS DOUBLE))
              )
            )
          )
          ELSE CAST(NULL AS DOUBLE)
        END AS `scored`,
        NOT (
          `t23`.`value_state` IN ('no_data', 'not_connected')
        ) AS `happened`
      FROM (
        SELECT
          `t22`.`id`,
          `t22`.`number`,
          `t22`.`text`,
          `t22`.`at`,
          `t22`.`value_state`,
          `t22`.`node`,
          `t22`.`variant`,
          `t22`.`scale`,
          `t22`.`warn`,
          `t22`.`expire`,
          `t22`.`grace`,
          `t22`.`fits`,
          `t22`.`reach_low`,
          `t22`.`reach_high`,
          `t22`.`policy`,
          `t22`.`otherwise`,
          `t22`.`never`,
          `t22`.`applies`,
          `t22`.`young`,
          `t22`.`x0`,
          `t22`.`dx`,
          `t22`.`p0`,
          `t22`.`dp`,
          `t22`.`mapped`
        FROM (
          SELECT
            `t19`.`id`,
            `t19`.`number`,
            `t19`.`text`,
            `t19`.`at`,
            `t19`.`value_state`,
            `t19`.`node`,
            `t19`.`variant`,
            `t19`.`scale`,
            `t19`.`warn`,
            `t19`.`expire`,
            `t19`.`grace`,
            `t19`.`fits`,
            `t19`.`reach_low`,
            `t19`.`reach_high`,
            `t19`.`policy`,
            `t19`.`otherwise`,
            `t19`.`never`,
            `t19`.`applies`,
            `t19`.`young`,
            `t19`.`x0`,
            `t19`.`dx`,
            `t19`.`p0`,
            `t19`.`dp`,
            `t4`.`scale` AS `scale_right`,
            `t4`.`key`,
            `t4`.`mapped`
          FROM (
            SELECT
              `t16`.`id`,
              `t16`.`number`,
              `t16`.`text`,
              `t16`.`at`,
              `t16`.`value_state`,
              `t16`.`node`,
              `t16`.`variant`,
              `t16`.`scale`,
              `t16`.`warn`,
              `t16`.`expire`,
              `t16`.`grace`,
              `t16`.`fits`,
              `t16`.`reach_low`,
              `t16`.`reach_high`,
              `t16`.`policy`,
              `t16`.`otherwise`,
              `t16`.`never`,
              `t16`.`applies`,
              `t16`.`young`,
              `t16`.`x0`,
              `t16`.`dx`,
              `t16`.`p0`,
              `t16`.`dp`
            FROM (
              SELECT
                `t15`.`id`,
                `t15`.`number`,
                `t15`.`text`,
                `t15`.`at`,
                `t15`.`value_state`,
                `t15`.`node`,
                `t15`.`variant`,
                `t15`.`scale`,
                `t15`.`warn`,
                `t15`.`expire`,
                `t15`.`grace`,
                `t15`.`fits`,
                `t15`.`reach_low`,
                `t15`.`reach_high`,
                `t15`.`policy`,
                `t15`.`otherwise`,
                `t15`.`never`,
                `t15`.`applies`,
                `t15`.`young`,
                `t5`.`scale` AS `scale_right`,
                `t5`.`start`,
                `t5`.`end`,
                `t5`.`x0`,
                `t5`.`dx`,
                `t5`.`p0`,
                `t5`.`dp`
              FROM `t13` AS `t15`
              LEFT OUTER JOIN `memory_1` AS `t5`
                ON `t15`.`scale` = `t5`.`scale`
                AND `t15`.`number` >= `t5`.`start`
                AND `t15`.`number` < `t5`.`end`
            ) AS `t16`
          ) AS `t19`
          LEFT OUTER JOIN `memory_2` AS `t4`
            ON `t19`.`scale` = `t4`.`scale`
            AND REGEXP_REPLACE(`t19`.`text`, '^([+-]?[0-9]+)\\.0+$', '\\1') = `t4`.`key`
        ) AS `t22`
      ) AS `t23`
    ) AS `t25`
    LEFT OUTER JOIN (
      SELECT
        `t18`.`node` AS `silent`
      FROM (
        SELECT
          `t14`.`node`,
          SUM(
            CAST(COALESCE(`t14`.`applies`, TRUE)
            AND NOT (
              `t14`.`young`
            )
            AND NOT (
              `t14`.`value_state` IN ('no_data', 'not_connected')
            ) AS INT)
          ) AS `heard`
        FROM `t13` AS `t14`
        GROUP BY
          1
      ) AS `t18`
      WHERE
        `t18`.`heard` = 0
    ) AS `t21`
      ON `t25`.`node` = `t21`.`silent`
  ) AS `t26`
) AS `t27`;

-- step 6
SELECT
  `t6`.`id`,
  `t6`.`parent`,
  SUM(IF(`t6`.`value` IS NOT NULL, `t6`.`weight`, NULL)) AS `counted`,
  SUM(`t6`.`weight` * `t6`.`value`) AS `total`,
  SUM(IF(`t6`.`value` IS NOT NULL, `t6`.`weight` * `t6`.`low`, NULL)) AS `total_low`,
  SUM(IF(`t6`.`value` IS NOT NULL, `t6`.`weight` * `t6`.`high`, NULL)) AS `total_high`,
  CAST(TRY_DIVIDE(
    CAST(SUM(`t6`.`weight` * `t6`.`coverage`) AS DOUBLE),
    NULLIF(CAST(SUM(`t6`.`weight`) AS DOUBLE), 0)
  ) AS DECIMAL(18, 12)) AS `coverage`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t4`.`id`,
      `t4`.`node`,
      `t2`.`parent`,
      `t2`.`weight`,
      `t2`.`combine`,
      CAST(`t4`.`points` AS DECIMAL(18, 12)) AS `value`,
      CAST(IF(
        `t4`.`state` IN ('ok', 'ageing', 'never'),
        `t4`.`points`,
        LEAST(`t2`.`reach_low`, COALESCE(`t2`.`policy`, `t2`.`reach_low`))
      ) AS DECIMAL(18, 12)) AS `low`,
      CAST(IF(
        `t4`.`state` IN ('ok', 'ageing', 'never'),
        `t4`.`points`,
        GREATEST(`t2`.`reach_high`, COALESCE(`t2`.`policy`, `t2`.`reach_high`))
      ) AS DECIMAL(18, 12)) AS `high`,
      CAST(IF(`t4`.`state` IN ('ok', 'ageing', 'never'), 1, 0) AS DECIMAL(18, 12)) AS `coverage`,
      CAST(NULL AS DOUBLE) AS `counted`,
      CAST(NULL AS SMALLINT) AS `binding`
    FROM (
      SELECT
        *
      FROM `kept_6` AS `t0`
      WHERE
        NOT (
          `t0`.`state` IN ('not_applicable', 'grace', 'not_connected')
        )
    ) AS `t4`
    INNER JOIN `memory_3` AS `t2`
      ON `t4`.`node` = `t2`.`node`
  ) AS `t5`
  WHERE
    `t5`.`weight` > 0
) AS `t6`
GROUP BY
  1,
  2;

-- step 7
SELECT
  *
FROM (
  SELECT
    `t4`.`id`,
    `t4`.`node`,
    `t2`.`parent`,
    `t2`.`weight`,
    `t2`.`combine`,
    CAST(`t4`.`points` AS DECIMAL(18, 12)) AS `value`,
    CAST(IF(
      `t4`.`state` IN ('ok', 'ageing', 'never'),
      `t4`.`points`,
      LEAST(`t2`.`reach_low`, COALESCE(`t2`.`policy`, `t2`.`reach_low`))
    ) AS DECIMAL(18, 12)) AS `low`,
    CAST(IF(
      `t4`.`state` IN ('ok', 'ageing', 'never'),
      `t4`.`points`,
      GREATEST(`t2`.`reach_high`, COALESCE(`t2`.`policy`, `t2`.`reach_high`))
    ) AS DECIMAL(18, 12)) AS `high`,
    CAST(IF(`t4`.`state` IN ('ok', 'ageing', 'never'), 1, 0) AS DECIMAL(18, 12)) AS `coverage`,
    CAST(NULL AS DOUBLE) AS `counted`,
    CAST(NULL AS SMALLINT) AS `binding`
  FROM (
    SELECT
      *
    FROM `kept_6` AS `t0`
    WHERE
      NOT (
        `t0`.`state` IN ('not_applicable', 'grace', 'not_connected')
      )
  ) AS `t4`
  INNER JOIN `memory_3` AS `t2`
    ON `t4`.`node` = `t2`.`node`
) AS `t5`
WHERE
  `t5`.`weight` > 0 AND `t5`.`value` IS NULL;

-- step 8
SELECT
  `t24`.`id`,
  `t24`.`node`,
  `t3`.`parent`,
  `t3`.`weight`,
  `t3`.`combine`,
  `t24`.`value`,
  `t24`.`low`,
  `t24`.`high`,
  `t24`.`coverage`,
  `t24`.`counted`,
  `t24`.`binding`
FROM (
  SELECT
    `t22`.`id`,
    `t22`.`parent` AS `node`,
    `t22`.`value`,
    `t22`.`low`,
    `t22`.`high`,
    `t22`.`coverage`,
    `t22`.`counted`,
    `t22`.`binding`
  FROM (
    SELECT
      `t21`.`id`,
      `t21`.`parent`,
      CAST(TRY_DIVIDE(CAST(`t21`.`total` AS DOUBLE), NULLIF(CAST(`t21`.`counted` AS DOUBLE), 0)) AS DECIMAL(18, 12)) AS `value`,
      CAST(COALESCE(
        LEAST(
          TRY_DIVIDE(CAST(`t21`.`total_low` AS DOUBLE), NULLIF(CAST(`t21`.`counted` AS DOUBLE), 0)),
          `t21`.`reach_low`
        ),
        TRY_DIVIDE(CAST(`t21`.`total_low` AS DOUBLE), NULLIF(CAST(`t21`.`counted` AS DOUBLE), 0)),
        `t21`.`reach_low`
      ) AS DECIMAL(18, 12)) AS `low`,
      CAST(COALESCE(
        GREATEST(
          TRY_DIVIDE(CAST(`t21`.`total_high` AS DOUBLE), NULLIF(CAST(`t21`.`counted` AS DOUBLE), 0)),
          `t17`.`reach_high`
        ),
        TRY_DIVIDE(CAST(`t21`.`total_high` AS DOUBLE), NULLIF(CAST(`t21`.`counted` AS DOUBLE), 0)),
        `t17`.`reach_high`
      ) AS DECIMAL(18, 12)) AS `high`,
      `t21`.`coverage`,
      CAST(`t21`.`counted` AS DOUBLE) AS `counted`,
      CAST(NULL AS SMALLINT) AS `binding`
    FROM (
      SELECT
        `t19`.`id`,
        `t19`.`parent`,
        `t19`.`counted`,
        `t19`.`total`,
        `t19`.`total_low`,
        `t19`.`total_high`,
        `t19`.`coverage`,
        `t19`.`reach_low`
      FROM (
        SELECT
          `t4`.`id`,
          `t4`.`parent`,
          `t4`.`counted`,
          `t4`.`total`,
          `t4`.`total_low`,
          `t4`.`total_high`,
          `t4`.`coverage`,
          `t18`.`id` AS `id_right`,
          `t18`.`parent` AS `parent_right`,
          `t18`.`reach_low`
        FROM `kept_7` AS `t4`
        LEFT OUTER JOIN (
          SELECT
            `t14`.`id`,
            `t14`.`parent`,
            MIN(`t14`.`mean`) AS `reach_low`
          FROM (
            SELECT
              `t12`.`id`,
              `t12`.`parent`,
              TRY_DIVIDE(
                CAST(SUM(`t12`.`weight` * `t12`.`low`) OVER (
                  PARTITION BY `t12`.`id`, `t12`.`parent`
                  ORDER BY `t12`.`low` ASC NULLS LAST
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) + COALESCE(`t8`.`total`, 0) AS DOUBLE),
                NULLIF(
                  CAST(SUM(`t12`.`weight`) OVER (
                    PARTITION BY `t12`.`id`, `t12`.`parent`
                    ORDER BY `t12`.`low` ASC NULLS LAST
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                  ) + COALESCE(`t8`.`counted`, 0) AS DOUBLE),
                  0
                )
              ) AS `mean`
            FROM (
              SELECT
                `t2`.`id`,
                `t2`.`parent`,
                `t2`.`low`,
                SUM(`t2`.`weight`) AS `weight`
              FROM `kept_8` AS `t2`
              GROUP BY
                1,
                2,
                3
            ) AS `t12`
            INNER JOIN (
              SELECT
                `t1`.`id`,
                `t1`.`parent`,
                `t1`.`counted`,
                `t1`.`total_low` AS `total`
              FROM `kept_7` AS `t1`
            ) AS `t8`
              ON `t12`.`id` = `t8`.`id` AND `t12`.`parent` = `t8`.`parent`
          ) AS `t14`
          GROUP BY
            1,
            2
        ) AS `t18`
          ON `t4`.`id` = `t18`.`id` AND `t4`.`parent` = `t18`.`parent`
      ) AS `t19`
    ) AS `t21`
    LEFT OUTER JOIN (
      SELECT
        `t13`.`id`,
        `t13`.`parent`,
        MAX(`t13`.`mean`) AS `reach_high`
      FROM (
        SELECT
          `t11`.`id`,
          `t11`.`parent`,
          TRY_DIVIDE(
            CAST(SUM(`t11`.`weight` * `t11`.`high`) OVER (
              PARTITION BY `t11`.`id`, `t11`.`parent`
              ORDER BY `t11`.`high` DESC
              ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ) + COALESCE(`t7`.`total`, 0) AS DOUBLE),
            NULLIF(
              CAST(SUM(`t11`.`weight`) OVER (
                PARTITION BY `t11`.`id`, `t11`.`parent`
                ORDER BY `t11`.`high` DESC
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
              ) + COALESCE(`t7`.`counted`, 0) AS DOUBLE),
              0
            )
          ) AS `mean`
        FROM (
          SELECT
            `t2`.`id`,
            `t2`.`parent`,
            `t2`.`high`,
            SUM(`t2`.`weight`) AS `weight`
          FROM `kept_8` AS `t2`
          GROUP BY
            1,
            2,
            3
        ) AS `t11`
        INNER JOIN (
          SELECT
            `t1`.`id`,
            `t1`.`parent`,
            `t1`.`counted`,
            `t1`.`total_high` AS `total`
          FROM `kept_7` AS `t1`
        ) AS `t7`
          ON `t11`.`id` = `t7`.`id` AND `t11`.`parent` = `t7`.`parent`
      ) AS `t13`
      GROUP BY
        1,
        2
    ) AS `t17`
      ON `t21`.`id` = `t17`.`id` AND `t21`.`parent` = `t17`.`parent`
  ) AS `t22`
) AS `t24`
INNER JOIN `memory_4` AS `t3`
  ON `t24`.`node` = `t3`.`node`;

-- step 9
SELECT
  *
FROM `kept_9`;

-- step 10
SELECT
  `t10`.`id`,
  `t10`.`score_0` AS `score`,
  IF(
    `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`),
    `t10`.`low_0`,
    CAST(NULL AS DOUBLE)
  ) AS `low`,
  IF(
    `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`),
    `t10`.`high_0`,
    CAST(NULL AS DOUBLE)
  ) AS `high`,
  `t10`.`coverage`,
  COALESCE(
    CAST(NULL AS STRING),
    IF(
      `t10`.`score_0` IS NOT NULL
      AND NOT ISNAN(`t10`.`score_0`)
      AND (
        `t10`.`coverage` >= 0.5
      ),
      CASE
        WHEN `t10`.`score_0` >= 70.0
        THEN 'green'
        WHEN `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`)
        THEN 'red'
        ELSE CAST(NULL AS STRING)
      END,
      'insufficient evidence'
    )
  ) AS `tier`,
  IF(
    `t10`.`score_0` IS NOT NULL
    AND NOT ISNAN(`t10`.`score_0`)
    AND (
      `t10`.`coverage` >= 0.5
    )
    AND (
      CAST(NULL AS STRING) IS NULL
    ),
    CASE
      WHEN `t10`.`score_0` >= 70.0
      THEN CAST(NULL AS STRING)
      WHEN `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`)
      THEN CAST(NULL AS STRING)
      ELSE CAST(NULL AS STRING)
    END,
    CAST(NULL AS STRING)
  ) AS `zone`,
  CASE
    WHEN (
      CAST(NULL AS STRING) IS NOT NULL
    ) AND NOT (
      FALSE OR `t10`.`unsure`
    )
    THEN 'firm'
    WHEN NOT (
      `t10`.`score_0` IS NOT NULL
      AND NOT ISNAN(`t10`.`score_0`)
      AND (
        `t10`.`coverage` >= 0.5
      )
    )
    AND (
      CAST(NULL AS STRING) IS NULL
    )
    THEN 'insufficient'
    WHEN (
      CASE
        WHEN IF(
          `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`),
          `t10`.`low_0`,
          CAST(NULL AS DOUBLE)
        ) >= 70.0
        THEN 'green'
        WHEN IF(
          `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`),
          `t10`.`low_0`,
          CAST(NULL AS DOUBLE)
        ) IS NOT NULL
        AND NOT ISNAN(
          IF(
            `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`),
            `t10`.`low_0`,
            CAST(NULL AS DOUBLE)
          )
        )
        THEN 'red'
        ELSE CAST(NULL AS STRING)
      END = CASE
        WHEN `t10`.`score_0` >= 70.0
        THEN 'green'
        WHEN `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`)
        THEN 'red'
        ELSE CAST(NULL AS STRING)
      END
    )
    AND (
      CASE
        WHEN IF(
          `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`),
          `t10`.`high_0`,
          CAST(NULL AS DOUBLE)
        ) >= 70.0
        THEN 'green'
        WHEN IF(
          `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`),
          `t10`.`high_0`,
          CAST(NULL AS DOUBLE)
        ) IS NOT NULL
        AND NOT ISNAN(
          IF(
            `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`),
            `t10`.`high_0`,
            CAST(NULL AS DOUBLE)
          )
        )
        THEN 'red'
        ELSE CAST(NULL AS STRING)
      END = CASE
        WHEN `t10`.`score_0` >= 70.0
        THEN 'green'
        WHEN `t10`.`score_0` IS NOT NULL AND NOT ISNAN(`t10`.`score_0`)
        THEN 'red'
        ELSE CAST(NULL AS STRING)
      END
    )
    AND NOT (
      FALSE OR `t10`.`unsure`
    )
    AND (
      CAST(NULL AS STRING) IS NULL
    )
    THEN 'firm'
    ELSE 'provisional'
  END AS `standing`,
  `t10`.`score_0` AS `native`,
  `t10`.`variant`,
  `t10`.`raw`,
  0.0 AS `base`,
  `t10`.`sum_clamped` - `t10`.`sum` AS `clamped`,
  `t10`.`score_0` - `t10`.`sum_clamped` AS `rounding`
FROM (
  SELECT
    `t9`.`id`,
    `t9`.`unsure`,
    `t9`.`variant`,
    `t9`.`value`,
    `t9`.`low`,
    `t9`.`high`,
    `t9`.`coverage`,
    `t9`.`raw`,
    `t9`.`raw_low`,
    `t9`.`raw_high`,
    `t9`.`raw` AS `sum`,
    `t9`.`raw_low` AS `sum_low`,
    `t9`.`raw_high` AS `sum_high`,
    IF(
      IF(`t9`.`raw` IS NULL, `t9`.`raw`, LEAST(100, `t9`.`raw`)) IS NULL,
      IF(`t9`.`raw` IS NULL, `t9`.`raw`, LEAST(100, `t9`.`raw`)),
      GREATEST(0, IF(`t9`.`raw` IS NULL, `t9`.`raw`, LEAST(100, `t9`.`raw`)))
    ) AS `sum_clamped`,
    IF(
      IF(`t9`.`raw_low` IS NULL, `t9`.`raw_low`, LEAST(100, `t9`.`raw_low`)) IS NULL,
      IF(`t9`.`raw_low` IS NULL, `t9`.`raw_low`, LEAST(100, `t9`.`raw_low`)),
      GREATEST(0, IF(`t9`.`raw_low` IS NULL, `t9`.`raw_low`, LEAST(100, `t9`.`raw_low`)))
    ) AS `sum_low_clamped`,
    IF(
      IF(`t9`.`raw_high` IS NULL, `t9`.`raw_high`, LEAST(100, `t9`.`raw_high`)) IS NULL,
      IF(`t9`.`raw_high` IS NULL, `t9`.`raw_high`, LEAST(100, `t9`.`raw_high`)),
      GREATEST(0, IF(`t9`.`raw_high` IS NULL, `t9`.`raw_high`, LEAST(100, `t9`.`raw_high`)))
    ) AS `sum_high_clamped`,
    CAST(CAST(ROUND(
      CAST(IF(
        IF(`t9`.`raw` IS NULL, `t9`.`raw`, LEAST(100, `t9`.`raw`)) IS NULL,
        IF(`t9`.`raw` IS NULL, `t9`.`raw`, LEAST(100, `t9`.`raw`)),
        GREATEST(0, IF(`t9`.`raw` IS NULL, `t9`.`raw`, LEAST(100, `t9`.`raw`)))
      ) AS DECIMAL(18, 9)),
      2
    ) AS DECIMAL(18, 2)) AS DOUBLE) AS `score_0`,
    CAST(CAST(ROUND(
      CAST(IF(
        IF(`t9`.`raw_low` IS NULL, `t9`.`raw_low`, LEAST(100, `t9`.`raw_low`)) IS NULL,
        IF(`t9`.`raw_low` IS NULL, `t9`.`raw_low`, LEAST(100, `t9`.`raw_low`)),
        GREATEST(0, IF(`t9`.`raw_low` IS NULL, `t9`.`raw_low`, LEAST(100, `t9`.`raw_low`)))
      ) AS DECIMAL(18, 9)),
      2
    ) AS DECIMAL(18, 2)) AS DOUBLE) AS `low_0`,
    CAST(CAST(ROUND(
      CAST(IF(
        IF(`t9`.`raw_high` IS NULL, `t9`.`raw_high`, LEAST(100, `t9`.`raw_high`)) IS NULL,
        IF(`t9`.`raw_high` IS NULL, `t9`.`raw_high`, LEAST(100, `t9`.`raw_high`)),
        GREATEST(0, IF(`t9`.`raw_high` IS NULL, `t9`.`raw_high`, LEAST(100, `t9`.`raw_high`)))
      ) AS DECIMAL(18, 9)),
      2
    ) AS DECIMAL(18, 2)) AS DOUBLE) AS `high_0`
  FROM (
    SELECT
      `t8`.`id`,
      `t8`.`unsure`,
      `t8`.`variant`,
      `t8`.`value`,
      `t8`.`low`,
      `t8`.`high`,
      COALESCE(
        CASE
          WHEN ABS(CAST(`t8`.`coverage` AS DOUBLE)) < 9007199.254740993
          THEN CAST(ROUND(CAST(`t8`.`coverage` AS DOUBLE), 9) AS DOUBLE)
          WHEN ABS(CAST(`t8`.`coverage` AS DOUBLE)) < 9007199254.740992
          THEN CAST(ROUND(CAST(`t8`.`coverage` AS DOUBLE), 6) AS DOUBLE)
          WHEN ABS(CAST(`t8`.`coverage` AS DOUBLE)) < 9007199254740.992
          THEN CAST(ROUND(CAST(`t8`.`coverage` AS DOUBLE), 3) AS DOUBLE)
          WHEN ABS(CAST(`t8`.`coverage` AS DOUBLE)) <= 1e+300
          THEN CAST(`t8`.`coverage` AS DOUBLE)
          ELSE CAST(NULL AS DOUBLE)
        END,
        0.0
      ) AS `coverage`,
      CASE
        WHEN ABS(CAST(`t8`.`value` AS DOUBLE)) < 9007199.254740993
        THEN CAST(ROUND(CAST(`t8`.`value` AS DOUBLE), 9) AS DOUBLE)
        WHEN ABS(CAST(`t8`.`value` AS DOUBLE)) < 9007199254.740992
        THEN CAST(ROUND(CAST(`t8`.`value` AS DOUBLE), 6) AS DOUBLE)
        WHEN ABS(CAST(`t8`.`value` AS DOUBLE)) < 9007199254740.992
        THEN CAST(ROUND(CAST(`t8`.`value` AS DOUBLE), 3) AS DOUBLE)
        WHEN ABS(CAST(`t8`.`value` AS DOUBLE)) <= 1e+300
        THEN CAST(`t8`.`value` AS DOUBLE)
        ELSE CAST(NULL AS DOUBLE)
      END AS `raw`,
      CASE
        WHEN ABS(CAST(`t8`.`low` AS DOUBLE)) < 9007199.254740993
        THEN CAST(ROUND(CAST(`t8`.`low` AS DOUBLE), 9) AS DOUBLE)
        WHEN ABS(CAST(`t8`.`low` AS DOUBLE)) < 9007199254.740992
        THEN CAST(ROUND(CAST(`t8`.`low` AS DOUBLE), 6) AS DOUBLE)
        WHEN ABS(CAST(`t8`.`low` AS DOUBLE)) < 9007199254740.992
        THEN CAST(ROUND(CAST(`t8`.`low` AS DOUBLE), 3) AS DOUBLE)
        WHEN ABS(CAST(`t8`.`low` AS DOUBLE)) <= 1e+300
        THEN CAST(`t8`.`low` AS DOUBLE)
        ELSE CAST(NULL AS DOUBLE)
      END AS `raw_low`,
      CASE
        WHEN ABS(CAST(`t8`.`high` AS DOUBLE)) < 9007199.254740993
        THEN CAST(ROUND(CAST(`t8`.`high` AS DOUBLE), 9) AS DOUBLE)
        WHEN ABS(CAST(`t8`.`high` AS DOUBLE)) < 9007199254.740992
        THEN CAST(ROUND(CAST(`t8`.`high` AS DOUBLE), 6) AS DOUBLE)
        WHEN ABS(CAST(`t8`.`high` AS DOUBLE)) < 9007199254740.992
        THEN CAST(ROUND(CAST(`t8`.`high` AS DOUBLE), 3) AS DOUBLE)
        WHEN ABS(CAST(`t8`.`high` AS DOUBLE)) <= 1e+300
        THEN CAST(`t8`.`high` AS DOUBLE)
        ELSE CAST(NULL AS DOUBLE)
      END AS `raw_high`
    FROM (
      SELECT
        `t7`.`id`,
        `t7`.`unsure`,
        `t7`.`variant`,
        `t7`.`value`,
        `t7`.`low`,
        `t7`.`high`,
        `t7`.`coverage`
      FROM (
        SELECT
          `t6`.`id`,
          `t6`.`unsure`,
          `t6`.`variant`,
          `t6`.`main`,
          `t6`.`value`,
          `t6`.`low`,
          `t6`.`high`,
          `t6`.`coverage`
        FROM (
          SELECT
            `t3`.`id`,
            `t3`.`unsure`,
            `t3`.`variant`,
            `t3`.`main`,
            `t5`.`id` AS `id_right`,
            `t5`.`value`,
            `t5`.`low`,
            `t5`.`high`,
            `t5`.`coverage`,
            `t5`.`variant` AS `variant_right`
          FROM (
            SELECT
              `t0`.`id`,
              CASE WHEN TRUE THEN FALSE WHEN NOT (
                TRUE
              ) THEN FALSE ELSE TRUE END AS `unsure`,
              0 AS `variant`,
              COALESCE(TRUE, FALSE) AS `main`
            FROM `kept_5` AS `t0`
            WHERE
              COALESCE(TRUE, TRUE)
          ) AS `t3`
          LEFT OUTER JOIN (
            SELECT
              `t1`.`id`,
              `t1`.`value`,
              `t1`.`low`,
              `t1`.`high`,
              `t1`.`coverage`,
              CAST(CASE WHEN `t1`.`node` = 0 THEN 0 ELSE 0 END AS SMALLINT) AS `variant`
            FROM `kept_10` AS `t1`
            WHERE
              `t1`.`node` IN (0)
          ) AS `t5`
            ON `t3`.`id` = `t5`.`id` AND `t3`.`variant` = `t5`.`variant`
        ) AS `t6`
      ) AS `t7`
    ) AS `t8`
  ) AS `t9`
) AS `t10`;

-- step 11
SELECT
  `t0`.`id`,
  '' AS `flag`
FROM `kept_11` AS `t0`
WHERE
  FALSE;
