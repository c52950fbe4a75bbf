-- generated, not run

-- step 1
SELECT
  "t7"."newest@0 days" AS "newest@0 days",
  "t7"."users@0 days:value" AS "users@0 days:value",
  CASE
    WHEN TRIM(BOTH ' \t\n\r\v\f' FROM "t7"."key") = ''
    THEN CAST(NULL AS Nullable(String))
    ELSE "t7"."key"
  END AS "id"
FROM (
  SELECT
    "t6"."key" AS "key",
    "t6"."newest@0 days" AS "newest@0 days",
    "t5"."key" AS "key_right",
    "t5"."users@0 days:value" AS "users@0 days:value"
  FROM (
    SELECT
      "t1"."account_id" AS "key",
      MAX("t1"."at") AS "newest@0 days"
    FROM (
      SELECT
        "t0"."account_id" AS "account_id",
        "t0"."at" AS "at",
        "t0"."loaded_at" AS "loaded_at",
        "t0"."user_id" AS "user_id"
      FROM "view_1" AS "t0"
      WHERE
        "t0"."at" < parseDateTimeBestEffort('2026-07-01T00:00:00')
        AND "t0"."loaded_at" < parseDateTimeBestEffort('2026-07-01T00:00:00')
    ) AS "t1"
    GROUP BY
      "t1"."account_id"
  ) AS "t6"
  LEFT OUTER JOIN (
    SELECT
      "t2"."key" AS "key",
      COUNT(*) AS "users@0 days:value"
    FROM (
      SELECT DISTINCT
        "t0"."account_id" AS "key",
        "t0"."user_id" AS "value"
      FROM "view_1" AS "t0"
      WHERE
        "t0"."at" < parseDateTimeBestEffort('2026-07-01T00:00:00')
        AND "t0"."loaded_at" < parseDateTimeBestEffort('2026-07-01T00:00:00')
        AND "t0"."at" >= parseDateTimeBestEffort('2026-06-03T00:00:00')
        AND isNotNull("t0"."user_id")
    ) AS "t2"
    GROUP BY
      "t2"."key"
  ) AS "t5"
    ON "t6"."key" = "t5"."key"
) AS "t7";

-- step 2
SELECT
  "t22".*
  EXCEPT ("feed@0 days", "newest@0 days")
FROM (
  SELECT
    "t21"."id" AS "id",
    "t21"."began" AS "began",
    "t21"."in_id" AS "in_id",
    "t21"."parent_id" AS "parent_id",
    "t21"."name" AS "name",
    "t21"."owner" AS "owner",
    "t21"."value" AS "value",
    "t21"."tenure_days@0 days:value" AS "tenure_days@0 days:value",
    "t21"."tenure_days@0 days:state" AS "tenure_days@0 days:state",
    "t21"."tenure_days@0 days:at" AS "tenure_days@0 days:at",
    "t21"."today@0 days:value" AS "today@0 days:value",
    "t21"."today@0 days:state" AS "today@0 days:state",
    "t21"."today@0 days:at" AS "today@0 days:at",
    "t21"."plan@0 days:value" AS "plan@0 days:value",
    "t21"."plan@0 days:state" AS "plan@0 days:state",
    "t21"."plan@0 days:at" AS "plan@0 days:at",
    "t21"."newest@0 days" AS "newest@0 days",
    CASE
      WHEN CASE
        WHEN NOT (
          isNotNull("t21"."feed@0 days")
        )
        THEN CASE
          WHEN isNotNull("t21"."newest@0 days")
          THEN 'stale_feed'
          ELSE 'not_connected'
        END
        WHEN NOT (
          COALESCE("t21"."feed@0 days" >= parseDateTimeBestEffort('2026-06-03T00:00:00'), FALSE)
        )
        THEN CASE
          WHEN isNotNull("t21"."newest@0 days")
          THEN 'stale_feed'
          ELSE 'not_connected'
        END
        WHEN NOT (
          isNotNull("t21"."newest@0 days")
        )
        THEN 'not_connected'
        WHEN COALESCE("t21"."users@0 days:value", 0) > 0
        THEN 'ok'
        ELSE 'ok'
      END = 'ok'
      THEN COALESCE("t21"."users@0 days:value", 0)
      ELSE CAST(NULL AS Nullable(Int64))
    END AS "users@0 days:value",
    "t21"."feed@0 days" AS "feed@0 days",
    CASE
      WHEN NOT (
        isNotNull("t21"."feed@0 days")
      )
      THEN CASE
        WHEN isNotNull("t21"."newest@0 days")
        THEN 'stale_feed'
        ELSE 'not_connected'
      END
      WHEN NOT (
        COALESCE("t21"."feed@0 days" >= parseDateTimeBestEffort('2026-06-03T00:00:00'), FALSE)
      )
      THEN CASE
        WHEN isNotNull("t21"."newest@0 days")
        THEN 'stale_feed'
        ELSE 'not_connected'
      END
      WHEN NOT (
        isNotNull("t21"."newest@0 days")
      )
      THEN 'not_connected'
      WHEN COALESCE("t21"."users@0 days:value", 0) > 0
      THEN 'ok'
      ELSE 'ok'
    END AS "users@0 days:state",
    "t21"."newest@0 days" AS "users@0 days:at"
  FROM (
    SELECT
      "t20"."id" AS "id",
      "t20"."began" AS "began",
      "t20"."in_id" AS "in_id",
      "t20"."parent_id" AS "parent_id",
      "t20"."name" AS "name",
      "t20"."owner" AS "owner",
      "t20"."value" AS "value",
      "t20"."tenure_days@0 days:value" AS "tenure_days@0 days:value",
      "t20"."tenure_days@0 days:state" AS "tenure_days@0 days:state",
      "t20"."tenure_days@0 days:at" AS "tenure_days@0 days:at",
      "t20"."today@0 days:value" AS "today@0 days:value",
      "t20"."today@0 days:state" AS "today@0 days:state",
      "t20"."today@0 days:at" AS "today@0 days:at",
      "t20"."plan@0 days:value" AS "plan@0 days:value",
      "t20"."plan@0 days:state" AS "plan@0 days:state",
      "t20"."plan@0 days:at" AS "plan@0 days:at",
      "t20"."newest@0 days" AS "newest@0 days",
      "t20"."users@0 days:value" AS "users@0 days:value",
      "t5"."feed@0 days" AS "feed@0 days"
    FROM (
      SELECT
        "t18".*
        EXCEPT ("id_right")
      FROM (
        SELECT
          "t17"."id" AS "id",
          "t17"."began" AS "began",
          "t17"."in_id" AS "in_id",
          "t17"."parent_id" AS "parent_id",
          "t17"."name" AS "name",
          "t17"."owner" AS "owner",
          "t17"."value" AS "value",
          "t17"."tenure_days@0 days:value" AS "tenure_days@0 days:value",
          "t17"."tenure_days@0 days:state" AS "tenure_days@0 days:state",
          "t17"."tenure_days@0 days:at" AS "tenure_days@0 days:at",
          "t17"."today@0 days:value" AS "today@0 days:value",
          "t17"."today@0 days:state" AS "today@0 days:state",
          "t17"."today@0 days:at" AS "today@0 days:at",
          "t17"."plan@0 days:value" AS "plan@0 days:value",
          "t17"."plan@0 days:state" AS "plan@0 days:state",
          "t17"."plan@0 days:at" AS "plan@0 days:at",
          "t6"."newest@0 days" AS "newest@0 days",
          "t6"."users@0 days:value" AS "users@0 days:value",
          "t6"."id" AS "id_right"
        FROM (
          SELECT
            "t15"."id" AS "id",
            "t15"."began" AS "began",
            "t15"."in_id" AS "in_id",
            "t15"."parent_id" AS "parent_id",
            "t15"."name" AS "name",
            "t15"."owner" AS "owner",
            "t15"."value" AS "value",
            "t15"."tenure_days@0 days:value" AS "tenure_days@0 days:value",
            "t15"."tenure_days@0 days:state" AS "tenure_days@0 days:state",
            "t15"."tenure_days@0 days:at" AS "tenure_days@0 days:at",
            "t15"."today@0 days:value" AS "today@0 days:value",
            "t15"."today@0 days:state" AS "today@0 days:state",
            "t15"."today@0 days:at" AS "today@0 days:at",
            "t15"."plan@0 days:value" AS "plan@0 days:value",
            COALESCE("t15"."plan@0 days:state", 'no_data') AS "plan@0 days:state",
            "t15"."plan@0 days:at" AS "plan@0 days:at"
          FROM (
            SELECT
              "t14".*
              EXCEPT ("id_right")
            FROM (
              SELECT
                "t13"."id" AS "id",
                "t13"."began" AS "began",
                "t13"."in_id" AS "in_id",
                "t13"."parent_id" AS "parent_id",
                "t13"."name" AS "name",
                "t13"."owner" AS "owner",
                "t13"."value" AS "value",
                "t13"."tenure_days@0 days:value" AS "tenure_days@0 days:value",
                "t13"."tenure_days@0 days:state" AS "tenure_days@0 days:state",
                "t13"."tenure_days@0 days:at" AS "tenure_days@0 days:at",
                "t13"."today@0 days:value" AS "today@0 days:value",
                "t13"."today@0 days:state" AS "today@0 days:state",
                "t13"."today@0 days:at" AS "today@0 days:at",
                "t11"."id" AS "id_right",
                "t11"."plan@0 days:value" AS "plan@0 days:value",
                "t11"."plan@0 days:state" AS "plan@0 days:state",
                "t11"."plan@0 days:at" AS "plan@0 days:at"
              FROM (
                SELECT
                  "t9"."@id" AS "id",
                  "t9"."@began" AS "began",
                  "t9"."@in" AS "in_id",
                  "t9"."@parent" AS "parent_id",
                  CAST(NULL AS Nullable(String)) AS "name",
                  CAST(NULL AS Nullable(String)) AS "owner",
                  CAST(NULL AS Nullable(Float64)) AS "value",
                  CASE
                    WHEN DATE_DIFF(DAY, toDate("t9"."@began"), toDate('2026-06-30')) >= 0
                    THEN DATE_DIFF(DAY, toDate("t9"."@began"), toDate('2026-06-30'))
                    ELSE CAST(NULL AS Nullable(Int64))
                  END AS "tenure_days@0 days:value",
                  CASE
                    WHEN isNull(
                      CASE
                        WHEN DATE_DIFF(DAY, toDate("t9"."@began"), toDate('2026-06-30')) >= 0
                        THEN DATE_DIFF(DAY, toDate("t9"."@began"), toDate('2026-06-30'))
                        ELSE CAST(NULL AS Nullable(Int64))
                      END
                    )
                    THEN 'no_data'
                    ELSE 'ok'
                  END AS "tenure_days@0 days:state",
                  CAST(NULL AS Nullable(DateTime64(6))) AS "tenure_days@0 days:at",
                  toDate('2026-06-30') AS "today@0 days:value",
                  CASE WHEN isNull(toDate('2026-06-30')) THEN 'no_data' ELSE 'ok' END AS "today@0 days:state",
                  CAST(NULL AS Nullable(DateTime64(6))) AS "today@0 days:at"
                FROM (
                  SELECT
                    "t8".*
                    EXCEPT ("@rank")
                  FROM (
                    SELECT
                      "t7"."account_id" AS "account_id",
                      "t7"."started_on" AS "started_on",
                      "t7"."plan" AS "plan",
                      "t7"."@id" AS "@id",
                      "t7"."@began" AS "@began",
                      "t7"."@rank" AS "@rank",
                      CAST(NULL AS Nullable(DateTime64(6))) AS "@ended",
                      CAST(NULL AS Nullable(String)) AS "@parent",
                      CAST(NULL AS Nullable(String)) AS "@in"
                    FROM (
                      SELECT
                        "t4"."account_id" AS "account_id",
                        "t4"."started_on" AS "started_on",
                        "t4"."plan" AS "plan",
                        CASE
                          WHEN TRIM(BOTH ' \t\n\r\v\f' FROM "t4"."account_id") = ''
                          THEN CAST(NULL AS Nullable(String))
                          ELSE "t4"."account_id"
                        END AS "@id",
                        "t4"."started_on" AS "@began",
                        ROW_NUMBER() OVER (
                          PARTITION BY "t4"."account_id"
                          ORDER BY "t4"."plan" DESC, "t4"."started_on" DESC
                          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                        ) - 1 AS "@rank"
                      FROM (
                        SELECT
                          "t1"."account_id" AS "account_id",
                          CAST("t1"."started_on" AS Nullable(DateTime64(6))) AS "started_on",
                          "t1"."plan" AS "plan"
                        FROM "view_0" AS "t1"
                      ) AS "t4"
                    ) AS "t7"
                    WHERE
                      isNotNull("t7"."@id") AND "t7"."@rank" = 0
                  ) AS "t8"
                ) AS "t9"
                WHERE
                  (
                    isNull("t9"."@began") OR (
                      toDate("t9"."@began") <= toDate('2026-06-30')
                    )
                  )
                  AND (
                    isNull("t9"."@ended") OR (
                      toDate("t9"."@ended") > toDate('2026-06-30')
                    )
                  )
              ) AS "t13"
              LEFT OUTER JOIN (
                SELECT
                  "t9"."@id" AS "id",
                  "t9"."plan" AS "plan@0 days:value",
                  CASE WHEN isNull("t9"."plan") THEN 'no_data' ELSE 'ok' END AS "plan@0 days:state",
                  CAST(NULL AS Nullable(DateTime64(6))) AS "plan@0 days:at"
                FROM (
                  SELECT
                    "t8".*
                    EXCEPT ("@rank")
                  FROM (
                    SELECT
                      "t7"."account_id" AS "account_id",
                      "t7"."started_on" AS "started_on",
                      "t7"."plan" AS "plan",
                      "t7"."@id" AS "@id",
                      "t7"."@began" AS "@began",
                      "t7"."@rank" AS "@rank",
                      CAST(NULL AS Nullable(DateTime64(6))) AS "@ended",
                      CAST(NULL AS Nullable(String)) AS "@parent",
                      CAST(NULL AS Nullable(String)) AS "@in"
                    FROM (
                      SELECT
                        "t4"."account_id" AS "account_id",
                        "t4"."started_on" AS "started_on",
                        "t4"."plan" AS "plan",
                        CASE
                          WHEN TRIM(BOTH ' \t\n\r\v\f' FROM "t4"."account_id") = ''
                          THEN CAST(NULL AS Nullable(String))
                          ELSE "t4"."account_id"
                        END AS "@id",
                        "t4"."started_on" AS "@began",
                        ROW_NUMBER() OVER (
                          PARTITION BY "t4"."account_id"
                          ORDER BY "t4"."plan" DESC, "t4"."started_on" DESC
                          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                        ) - 1 AS "@rank"
                      FROM (
                        SELECT
                          "t1"."account_id" AS "account_id",
                          CAST("t1"."started_on" AS Nullable(DateTime64(6))) AS "started_on",
                          "t1"."plan" AS "plan"
                        FROM "view_0" AS "t1"
                      ) AS "t4"
                    ) AS "t7"
                    WHERE
                      isNotNull("t7"."@id") AND "t7"."@rank" = 0
                  ) AS "t8"
                ) AS "t9"
                WHERE
                  (
                    isNull("t9"."@began") OR (
                      toDate("t9"."@began") <= toDate('2026-06-30')
                    )
                  )
                  AND (
                    isNull("t9"."@ended") OR (
                      toDate("t9"."@ended") > toDate('2026-06-30')
                    )
                  )
              ) AS "t11"
                ON "t13"."id" = "t11"."id"
            ) AS "t14"
          ) AS "t15"
        ) AS "t17"
        LEFT OUTER JOIN (
          SELECT
            *
          FROM "kept_2" AS "t0"
          WHERE
            isNotNull("t0"."id")
        ) AS "t6"
          ON "t17"."id" = "t6"."id"
      ) AS "t18"
    ) AS "t20"
    CROSS JOIN (
      SELECT
        MAX("t0"."newest@0 days") AS "feed@0 days"
      FROM "kept_2" AS "t0"
    ) AS "t5"
  ) AS "t21"
) AS "t22";

-- step 3
SELECT
  *
FROM (
  SELECT
    "t0"."id" AS "id",
    'tenure_days' AS "metric",
    CAST("t0"."tenure_days@0 days:value" AS Nullable(Float64)) AS "number",
    CAST(NULL AS Nullable(String)) AS "text",
    CAST(NULL AS Nullable(DATE)) AS "day",
    "t0"."tenure_days@0 days:state" AS "state",
    "t0"."tenure_days@0 days:at" AS "at"
  FROM "kept_3" AS "t0"
) AS "t2"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."id" AS "id",
      'users' AS "metric",
      CAST("t0"."users@0 days:value" AS Nullable(Float64)) AS "number",
      CAST(NULL AS Nullable(String)) AS "text",
      CAST(NULL AS Nullable(DATE)) AS "day",
      "t0"."users@0 days:state" AS "state",
      "t0"."users@0 days:at" AS "at"
    FROM "kept_3" AS "t0"
  ) AS "t3"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t0"."id" AS "id",
      'plan' AS "metric",
      CAST(NULL AS Nullable(Float64)) AS "number",
      "t0"."plan@0 days:value" AS "text",
      CAST(NULL AS Nullable(DATE)) AS "day",
      "t0"."plan@0 days:state" AS "state",
      "t0"."plan@0 days:at" AS "at"
    FROM "kept_3" AS "t0"
  ) AS "t1"
) AS "t4";

-- step 4
SELECT
  "t0"."id" AS "id",
  "t0"."name" AS "name",
  "t0"."owner" AS "owner",
  "t0"."parent_id" AS "parent_id",
  "t0"."began" AS "began",
  "t0"."value" AS "value"
FROM "kept_3" AS "t0";

-- step 5
WITH "t13" AS (
  SELECT
    "t12"."id" AS "id",
    "t12"."number" AS "number",
    "t12"."text" AS "text",
    "t12"."at" AS "at",
    "t12"."value_state" AS "value_state",
    "t12"."node" AS "node",
    "t12"."variant" AS "variant",
    "t12"."scale" AS "scale",
    "t12"."warn" AS "warn",
    "t12"."expire" AS "expire",
    "t12"."grace" AS "grace",
    "t12"."fits" AS "fits",
    "t12"."reach_low" AS "reach_low",
    "t12"."reach_high" AS "reach_high",
    "t12"."policy" AS "policy",
    "t12"."otherwise" AS "otherwise",
    "t12"."never" AS "never",
    "t12"."fits" AS "applies",
    FALSE AS "young"
  FROM (
    SELECT
      "t11".*
      EXCEPT ("known")
    FROM (
      SELECT
        "t10"."id" AS "id",
        "t10"."number" AS "number",
        "t10"."text" AS "text",
        "t10"."at" AS "at",
        "t10"."value_state" AS "value_state",
        "t10"."node" AS "node",
        "t10"."variant" AS "variant",
        "t10"."scale" AS "scale",
        "t10"."warn" AS "warn",
        "t10"."expire" AS "expire",
        "t10"."grace" AS "grace",
        "t10"."applies" AS "fits",
        "t10"."known" AS "known",
        "t10"."reach_low" AS "reach_low",
        "t10"."reach_high" AS "reach_high",
        "t10"."policy" AS "policy",
        "t10"."otherwise" AS "otherwise",
        "t10"."never" AS "never"
      FROM (
        SELECT
          "t9".*
          EXCEPT ("metric")
        FROM (
          SELECT
            "t8"."id" AS "id",
            "t8"."metric" AS "metric",
            "t8"."number" AS "number",
            "t8"."text" AS "text",
            "t8"."at" AS "at",
            "t8"."value_state" AS "value_state",
            "t6"."node" AS "node",
            "t6"."variant" AS "variant",
            "t6"."scale" AS "scale",
            "t6"."warn" AS "warn",
            "t6"."expire" AS "expire",
            "t6"."grace" AS "grace",
            "t6"."applies" AS "applies",
            "t6"."known" AS "known",
            "t6"."reach_low" AS "reach_low",
            "t6"."reach_high" AS "reach_high",
            "t6"."policy" AS "policy",
            "t6"."otherwise" AS "otherwise",
            "t6"."never" AS "never"
          FROM (
            SELECT
              "t2"."id" AS "id",
              "t2"."metric" AS "metric",
              "t2"."number" AS "number",
              "t2"."text" AS "text",
              "t2"."at" AS "at",
              "t2"."state" AS "value_state"
            FROM "kept_4" AS "t2"
          ) AS "t8"
          INNER JOIN "memory_0" AS "t6"
            ON "t8"."metric" = "t6"."metric"
        ) AS "t9"
      ) AS "t10"
    ) AS "t11"
  ) AS "t12"
)
SELECT
  "t27"."id" AS "id",
  "t27"."node" AS "node",
  "t27"."scale" AS "scale",
  "t27"."state" AS "state",
  CASE
    WHEN "t27"."state" = 'never'
    THEN "t27"."never"
    WHEN "t27"."state" IN ('ok', 'ageing', 'never')
    THEN "t27"."scored"
    WHEN "t27"."state" IN ('not_applicable', 'grace', 'not_connected')
    THEN CAST(NULL AS Nullable(Float64))
    ELSE "t27"."policy"
  END AS "points"
FROM (
  SELECT
    "t26"."id" AS "id",
    "t26"."number" AS "number",
    "t26"."text" AS "text",
    "t26"."at" AS "at",
    "t26"."value_state" AS "value_state",
    "t26"."node" AS "node",
    "t26"."variant" AS "variant",
    "t26"."scale" AS "scale",
    "t26"."warn" AS "warn",
    "t26"."expire" AS "expire",
    "t26"."grace" AS "grace",
    "t26"."fits" AS "fits",
    "t26"."reach_low" AS "reach_low",
    "t26"."reach_high" AS "reach_high",
    "t26"."policy" AS "policy",
    "t26"."otherwise" AS "otherwise",
    "t26"."never" AS "never",
    "t26"."applies" AS "applies",
    "t26"."young" AS "young",
    "t26"."x0" AS "x0",
    "t26"."dx" AS "dx",
    "t26"."p0" AS "p0",
    "t26"."dp" AS "dp",
    "t26"."mapped" AS "mapped",
    "t26"."scored" AS "scored",
    "t26"."happened" AS "happened",
    "t26"."silent" AS "silent",
    CASE
      WHEN NOT (
        COALESCE("t26"."applies", TRUE)
      )
      THEN 'not_applicable'
      WHEN "t26"."young"
      THEN 'grace'
      WHEN isNotNull("t26"."silent")
      THEN 'not_connected'
      WHEN isNotNull("t26"."applies")
      AND isNotNull("t26"."never")
      AND NOT (
        "t26"."happened"
      )
      THEN 'never'
      WHEN isNull("t26"."applies")
      OR NOT (
        "t26"."value_state" IN ('ok', 'worst') AND isNotNull("t26"."scored")
      )
      THEN 'missing'
      WHEN COALESCE(DATE_DIFF(DAY, toDate("t26"."at"), toDate('2026-06-30')) >= "t26"."expire", FALSE)
      THEN 'expired'
      WHEN COALESCE(DATE_DIFF(DAY, toDate("t26"."at"), toDate('2026-06-30')) >= "t26"."warn", FALSE)
      THEN 'ageing'
      ELSE 'ok'
    END AS "state"
  FROM (
    SELECT
      "t25"."id" AS "id",
      "t25"."number" AS "number",
      "t25"."text" AS "text",
      "t25"."at" AS "at",
      "t25"."value_state" AS "value_state",
      "t25"."node" AS "node",
      "t25"."variant" AS "variant",
      "t25"."scale" AS "scale",
      "t25"."warn" AS "warn",
      "t25"."expire" AS "expire",
      "t25"."grace" AS "grace",
      "t25"."fits" AS "fits",
      "t25"."reach_low" AS "reach_low",
      "t25"."reach_high" AS "reach_high",
      "t25"."policy" AS "policy",
      "t25"."otherwise" AS "otherwise",
      "t25"."never" AS "never",
      "t25"."applies" AS "applies",
      "t25"."young" AS "young",
      "t25"."x0" AS "x0",
      "t25"."dx" AS "dx",
      "t25"."p0" AS "p0",
      "t25"."dp" AS "dp",
      "t25"."mapped" AS "mapped",
      "t25"."scored" AS "scored",
      "t25"."happened" AS "happened",
      "t21"."silent" AS "silent"
    FROM (
      SELECT
        "t23"."id" AS "id",
        "t23"."number" AS "number",
        "t23"."text" AS "text",
        "t23"."at" AS "at",
        "t23"."value_state" AS "value_state",
        "t23"."node" AS "node",
        "t23"."variant" AS "variant",
        "t23"."scale" AS "scale",
        "t23"."warn" AS "warn",
        "t23"."expire" AS "expire",
        "t23"."grace" AS "grace",
        "t23"."fits" AS "fits",
        "t23"."reach_low" AS "reach_low",
        "t23"."reach_high" AS "reach_high",
        "t23"."policy" AS "policy",
        "t23"."otherwise" AS "otherwise",
        "t23"."never" AS "never",
        "t23"."applies" AS "applies",
        "t23"."young" AS "young",
        "t23"."x0" AS "x0",
        "t23"."dx" AS "dx",
        "t23"."p0" AS "p0",
        "t23"."dp" AS "dp",
        "t23"."mapped" AS "mapped",
        CASE
          WHEN ABS(
            CASE
              WHEN "t23"."value_state" = 'worst'
              THEN "t23"."reach_low"
              ELSE COALESCE(
                "t23"."p0" + (
                  (
                    (
                      "t23"."number" - "t23"."x0"
                    ) / "t23"."dx"
                  ) * "t23"."dp"
                ),
                COALESCE(
                  "t23"."mapped",
                  CASE
                    WHEN isNotNull("t23"."text")
                    THEN "t23"."otherwise"
                    ELSE CAST(NULL AS Nullable(Float64))
                  END
                )
              )
            END
          ) < 9007199.254740993
          THEN CAST(ROUND(
            CASE
              WHEN "t23"."value_state" = 'worst'
              THEN "t23"."reach_low"
              ELSE COALESCE(
                "t23"."p0" + (
                  (
                    (
                      "t23"."number" - "t23"."x0"
                    ) / "t23"."dx"
                  ) * "t23"."dp"
                ),
                COALESCE(
                  "t23"."mapped",
                  CASE
                    WHEN isNotNull("t23"."text")
                    THEN "t23"."otherwise"
                    ELSE CAST(NULL AS Nullable(Float64))
                  END
                )
              )
            END,
            9
          ) AS Nullable(Float64))
          WHEN ABS(
            CASE
              WHEN "t23"."value_state" = 'worst'
              THEN "t23"."reach_low"
              ELSE COALESCE(
                "t23"."p0" + (
                  (
                    (
                      "t23"."number" - "t23"."x0"
                    ) / "t23"."dx"
                  ) * "t23"."dp"
                ),
                COALESCE(
                  "t23"."mapped",
                  CASE
                    WHEN isNotNull("t23"."text")
                    THEN "t23"."otherwise"
                    ELSE CAST(NULL AS Nullable(Float64))
                  END
                )
              )
            END
          ) < 9007199254.740992
          THEN CAST(ROUND(
            CASE
              WHEN "t23"."value_state" = 'worst'
              THEN "t23"."reach_low"
              ELSE COALESCE(
                "t23"."p0" + (
                  (
                    (
                      "t23"."number" - "t23"."x0"
                    ) / "t23"."dx"
                  ) * "t23"."dp"
                ),
                COALESCE(
                  "t23"."mapped",
                  CASE
                    WHEN isNotNull("t23"."text")
                    THEN "t23"."otherwise"
                    ELSE CAST(NULL AS Nullable(Float64))
                  END
                )
              )
            END,
            6
          ) AS Nullable(Float64))
          WHEN ABS(
            CASE
              WHEN "t23"."value_state" = 'worst'
              THEN "t23"."reach_low"
              ELSE COALESCE(
                "t23"."p0" + (
                  (
                    (
                      "t23"."number" - "t23"."x0"
                    ) / "t23"."dx"
                  ) * "t23"."dp"
                ),
                COALESCE(
                  "t23"."mapped",
                  CASE
                    WHEN isNotNull("t23"."text")
                    THEN "t23"."otherwise"
                    ELSE CAST(NULL AS Nullable(Float64))
                  END
                )
              )
            END
          ) < 9007199254740.992
          THEN CAST(ROUND(
            CASE
              WHEN "t23"."value_state" = 'worst'
              THEN "t23"."reach_low"
              ELSE COALESCE(
                "t23"."p0" + (
                  (
                    (
                      "t23"."number" - "t23"."x0"
                    ) / "t23"."dx"
                  ) * "t23"."dp"
                ),
                COALESCE(
                  "t23"."mapped",
                  CASE
                    WHEN isNotNull("t23"."text")
                    THEN "t23"."otherwise"
                    ELSE CAST(NULL AS Nullable(Float64))
                  END
                )
              )
            END,
            3
          ) AS Nullable(Float64))
          WHEN ABS(
            CASE
              WHEN "t23"."value_state" = 'worst'
              THEN "t23"."reach_low"
              ELSE COALESCE(
                "t23"."p0" + (
                  (
                    (
                      "t23"."number" - "t23"."x0"
                    ) / "t23"."dx"
                  ) * "t23"."dp"
                ),
                COALESCE(
                  "t23"."mapped",
                  CASE
                    WHEN isNotNull("t23"."text")
                    THEN "t23"."otherwise"
                    ELSE CAST(NULL AS Nullable(Float64))
                  END
                )
              )
            END
          ) <= 1e+300
          THEN CASE
            WHEN "t23"."value_state" = 'worst'
            THEN "t23"."reach_low"
            ELSE COALESCE(
              "t23"."p0" + (
                (
                  (
                    "t23"."number" - "t23"."x0"
                  ) / "t23"."dx"
                ) * "t23"."dp"
              ),
              COALESCE(
                "t23"."mapped",
                CASE
                  WHEN isNotNull("t23"."text")
                  THEN "t23"."otherwise"
                  ELSE CAST(NULL AS Nullable(Float64))
                END
              )
            )
          END
          ELSE CAST(NULL AS Nullable(Float64))
        END AS "scored",
        NOT (
          "t23"."value_state" IN ('no_data', 'not_connected')
        ) AS "happened"
      FROM (
        SELECT
          "t22".*
          EXCEPT ("key", "scale_right")
        FROM (
          SELECT
            "t19"."id" AS "id",
            "t19"."number" AS "number",
            "t19"."text" AS "text",
            "t19"."at" AS "at",
            "t19"."value_state" AS "value_state",
            "t19"."node" AS "node",
            "t19"."variant" AS "variant",
            "t19"."scale" AS "scale",
            "t19"."warn" AS "warn",
            "t19"."expire" AS "expire",
            "t19"."grace" AS "grace",
            "t19"."fits" AS "fits",
            "t19"."reach_low" AS "reach_low",
            "t19"."reach_high" AS "reach_high",
            "t19"."policy" AS "policy",
            "t19"."otherwise" AS "otherwise",
            "t19"."never" AS "never",
            "t19"."applies" AS "applies",
            "t19"."young" AS "young",
            "t19"."x0" AS "x0",
            "t19"."dx" AS "dx",
            "t19"."p0" AS "p0",
            "t19"."dp" AS "dp",
            "t4"."scale" AS "scale_right",
            "t4"."key" AS "key",
            "t4"."mapped" AS "mapped"
          FROM (
            SELECT
              "t16".*
              EXCEPT ("end", "scale_right", "start")
            FROM (
              SELECT
                "t15"."id" AS "id",
                "t15"."number" AS "number",
                "t15"."text" AS "text",
                "t15"."at" AS "at",
                "t15"."value_state" AS "value_state",
                "t15"."node" AS "node",
                "t15"."variant" AS "variant",
                "t15"."scale" AS "scale",
                "t15"."warn" AS "warn",
                "t15"."expire" AS "expire",
                "t15"."grace" AS "grace",
                "t15"."fits" AS "fits",
                "t15"."reach_low" AS "reach_low",
                "t15"."reach_high" AS "reach_high",
                "t15"."policy" AS "policy",
                "t15"."otherwise" AS "otherwise",
                "t15"."never" AS "never",
                "t15"."applies" AS "applies",
                "t15"."young" AS "young",
                "t5"."scale" AS "scale_right",
                "t5"."start" AS "start",
                "t5"."end" AS "end",
                "t5"."x0" AS "x0",
                "t5"."dx" AS "dx",
                "t5"."p0" AS "p0",
                "t5"."dp" AS "dp"
              FROM "t13" AS "t15"
              LEFT OUTER JOIN "memory_1" AS "t5"
                ON "t15"."scale" = "t5"."scale"
                AND "t15"."number" >= "t5"."start"
                AND "t15"."number" < "t5"."end"
            ) AS "t16"
          ) AS "t19"
          LEFT OUTER JOIN "memory_2" AS "t4"
            ON "t19"."scale" = "t4"."scale"
            AND replaceRegexpAll("t19"."text", '^([+-]?[0-9]+)\\.0+$', '\\1') = "t4"."key"
        ) AS "t22"
      ) AS "t23"
    ) AS "t25"
    LEFT OUTER JOIN (
      SELECT
        "t18"."node" AS "silent"
      FROM (
        SELECT
          "t14"."node" AS "node",
          SUM(
            CAST(COALESCE("t14"."applies", TRUE)
            AND NOT (
              "t14"."young"
            )
            AND NOT (
              "t14"."value_state" IN ('no_data', 'not_connected')
            ) AS Nullable(Int32))
          ) AS "heard"
        FROM "t13" AS "t14"
        GROUP BY
          "t14"."node"
      ) AS "t18"
      WHERE
        "t18"."heard" = 0
    ) AS "t21"
      ON "t25"."node" = "t21"."silent"
  ) AS "t26"
) AS "t27";

-- step 6
SELECT
  "t6"."id" AS "id",
  "t6"."parent" AS "parent",
  sumIf("t6"."weight", isNotNull("t6"."value")) AS "counted",
  SUM("t6"."weight" * "t6"."value") AS "total",
  sumIf("t6"."weight" * "t6"."low", isNotNull("t6"."value")) AS "total_low",
  sumIf("t6"."weight" * "t6"."high", isNotNull("t6"."value")) AS "total_high",
  CAST(CAST(SUM("t6"."weight" * "t6"."coverage") AS Nullable(Float64)) / nullIf(CAST(SUM("t6"."weight") AS Nullable(Float64)), 0) AS Nullable(Decimal(18, 12))) AS "coverage"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t4"."id" AS "id",
      "t4"."node" AS "node",
      "t2"."parent" AS "parent",
      "t2"."weight" AS "weight",
      "t2"."combine" AS "combine",
      CAST("t4"."points" AS Nullable(Decimal(18, 12))) AS "value",
      CAST(CASE
        WHEN "t4"."state" IN ('ok', 'ageing', 'never')
        THEN "t4"."points"
        ELSE LEAST("t2"."reach_low", COALESCE("t2"."policy", "t2"."reach_low"))
      END AS Nullable(Decimal(18, 12))) AS "low",
      CAST(CASE
        WHEN "t4"."state" IN ('ok', 'ageing', 'never')
        THEN "t4"."points"
        ELSE GREATEST("t2"."reach_high", COALESCE("t2"."policy", "t2"."reach_high"))
      END AS Nullable(Decimal(18, 12))) AS "high",
      CAST(CASE WHEN "t4"."state" IN ('ok', 'ageing', 'never') THEN 1 ELSE 0 END AS Nullable(Decimal(18, 12))) AS "coverage",
      CAST(NULL AS Nullable(Float64)) AS "counted",
      CAST(NULL AS Nullable(Int16)) AS "binding"
    FROM (
      SELECT
        *
      FROM "kept_6" AS "t0"
      WHERE
        NOT (
          "t0"."state" IN ('not_applicable', 'grace', 'not_connected')
        )
    ) AS "t4"
    INNER JOIN "memory_3" AS "t2"
      ON "t4"."node" = "t2"."node"
  ) AS "t5"
  WHERE
    "t5"."weight" > 0
) AS "t6"
GROUP BY
  "t6"."id",
  "t6"."parent";

-- step 7
SELECT
  *
FROM (
  SELECT
    "t4"."id" AS "id",
    "t4"."node" AS "node",
    "t2"."parent" AS "parent",
    "t2"."weight" AS "weight",
    "t2"."combine" AS "combine",
    CAST("t4"."points" AS Nullable(Decimal(18, 12))) AS "value",
    CAST(CASE
      WHEN "t4"."state" IN ('ok', 'ageing', 'never')
      THEN "t4"."points"
      ELSE LEAST("t2"."reach_low", COALESCE("t2"."policy", "t2"."reach_low"))
    END AS Nullable(Decimal(18, 12))) AS "low",
    CAST(CASE
      WHEN "t4"."state" IN ('ok', 'ageing', 'never')
      THEN "t4"."points"
      ELSE GREATEST("t2"."reach_high", COALESCE("t2"."policy", "t2"."reach_high"))
    END AS Nullable(Decimal(18, 12))) AS "high",
    CAST(CASE WHEN "t4"."state" IN ('ok', 'ageing', 'never') THEN 1 ELSE 0 END AS Nullable(Decimal(18, 12))) AS "coverage",
    CAST(NULL AS Nullable(Float64)) AS "counted",
    CAST(NULL AS Nullable(Int16)) AS "binding"
  FROM (
    SELECT
      *
    FROM "kept_6" AS "t0"
    WHERE
      NOT (
        "t0"."state" IN ('not_applicable', 'grace', 'not_connected')
      )
  ) AS "t4"
  INNER JOIN "memory_3" AS "t2"
    ON "t4"."node" = "t2"."node"
) AS "t5"
WHERE
  "t5"."weight" > 0 AND isNull("t5"."value");

-- step 8
SELECT
  "t24"."id" AS "id",
  "t24"."node" AS "node",
  "t3"."parent" AS "parent",
  "t3"."weight" AS "weight",
  "t3"."combine" AS "combine",
  "t24"."value" AS "value",
  "t24"."low" AS "low",
  "t24"."high" AS "high",
  "t24"."coverage" AS "coverage",
  "t24"."counted" AS "counted",
  "t24"."binding" AS "binding"
FROM (
  SELECT
    "t22"."id" AS "id",
    "t22"."parent" AS "node",
    "t22"."value" AS "value",
    "t22"."low" AS "low",
    "t22"."high" AS "high",
    "t22"."coverage" AS "coverage",
    "t22"."counted" AS "counted",
    "t22"."binding" AS "binding"
  FROM (
    SELECT
      "t21"."id" AS "id",
      "t21"."parent" AS "parent",
      CAST(CAST("t21"."total" AS Nullable(Float64)) / nullIf(CAST("t21"."counted" AS Nullable(Float64)), 0) AS Nullable(Decimal(18, 12))) AS "value",
      CAST(COALESCE(
        LEAST(
          CAST("t21"."total_low" AS Nullable(Float64)) / nullIf(CAST("t21"."counted" AS Nullable(Float64)), 0),
          "t21"."reach_low"
        ),
        CAST("t21"."total_low" AS Nullable(Float64)) / nullIf(CAST("t21"."counted" AS Nullable(Float64)), 0),
        "t21"."reach_low"
      ) AS Nullable(Decimal(18, 12))) AS "low",
      CAST(COALESCE(
        GREATEST(
          CAST("t21"."total_high" AS Nullable(Float64)) / nullIf(CAST("t21"."counted" AS Nullable(Float64)), 0),
          "t17"."reach_high"
        ),
        CAST("t21"."total_high" AS Nullable(Float64)) / nullIf(CAST("t21"."counted" AS Nullable(Float64)), 0),
        "t17"."reach_high"
      ) AS Nullable(Decimal(18, 12))) AS "high",
      "t21"."coverage" AS "coverage",
      CAST("t21"."counted" AS Nullable(Float64)) AS "counted",
      CAST(NULL AS Nullable(Int16)) AS "binding"
    FROM (
      SELECT
        "t19".*
        EXCEPT ("id_right", "parent_right")
      FROM (
        SELECT
          "t4"."id" AS "id",
          "t4"."parent" AS "parent",
          "t4"."counted" AS "counted",
          "t4"."total" AS "total",
          "t4"."total_low" AS "total_low",
          "t4"."total_high" AS "total_high",
          "t4"."coverage" AS "coverage",
          "t18"."id" AS "id_right",
          "t18"."parent" AS "parent_right",
          "t18"."reach_low" AS "reach_low"
        FROM "kept_7" AS "t4"
        LEFT OUTER JOIN (
          SELECT
            "t14"."id" AS "id",
            "t14"."parent" AS "parent",
            MIN("t14"."mean") AS "reach_low"
          FROM (
            SELECT
              "t12"."id" AS "id",
              "t12"."parent" AS "parent",
              CAST(SUM("t12"."weight" * "t12"."low") OVER (
                PARTITION BY "t12"."id", "t12"."parent"
                ORDER BY "t12"."low" ASC
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
              ) + COALESCE("t8"."total", 0) AS Nullable(Float64)) / nullIf(
                CAST(SUM("t12"."weight") OVER (
                  PARTITION BY "t12"."id", "t12"."parent"
                  ORDER BY "t12"."low" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) + COALESCE("t8"."counted", 0) AS Nullable(Float64)),
                0
              ) AS "mean"
            FROM (
              SELECT
                "t2"."id" AS "id",
                "t2"."parent" AS "parent",
                "t2"."low" AS "low",
                SUM("t2"."weight") AS "weight"
              FROM "kept_8" AS "t2"
              GROUP BY
                "t2"."id",
                "t2"."parent",
                "t2"."low"
            ) AS "t12"
            INNER JOIN (
              SELECT
                "t1"."id" AS "id",
                "t1"."parent" AS "parent",
                "t1"."counted" AS "counted",
                "t1"."total_low" AS "total"
              FROM "kept_7" AS "t1"
            ) AS "t8"
              ON "t12"."id" = "t8"."id" AND "t12"."parent" = "t8"."parent"
          ) AS "t14"
          GROUP BY
            "t14"."id",
            "t14"."parent"
        ) AS "t18"
          ON "t4"."id" = "t18"."id" AND "t4"."parent" = "t18"."parent"
      ) AS "t19"
    ) AS "t21"
    LEFT OUTER JOIN (
      SELECT
        "t13"."id" AS "id",
        "t13"."parent" AS "parent",
        MAX("t13"."mean") AS "reach_high"
      FROM (
        SELECT
          "t11"."id" AS "id",
          "t11"."parent" AS "parent",
          CAST(SUM("t11"."weight" * "t11"."high") OVER (
            PARTITION BY "t11"."id", "t11"."parent"
            ORDER BY "t11"."high" DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) + COALESCE("t7"."total", 0) AS Nullable(Float64)) / nullIf(
            CAST(SUM("t11"."weight") OVER (
              PARTITION BY "t11"."id", "t11"."parent"
              ORDER BY "t11"."high" DESC
              ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ) + COALESCE("t7"."counted", 0) AS Nullable(Float64)),
            0
          ) AS "mean"
        FROM (
          SELECT
            "t2"."id" AS "id",
            "t2"."parent" AS "parent",
            "t2"."high" AS "high",
            SUM("t2"."weight") AS "weight"
          FROM "kept_8" AS "t2"
          GROUP BY
            "t2"."id",
            "t2"."parent",
            "t2"."high"
        ) AS "t11"
        INNER JOIN (
          SELECT
            "t1"."id" AS "id",
            "t1"."parent" AS "parent",
            "t1"."counted" AS "counted",
            "t1"."total_high" AS "total"
          FROM "kept_7" AS "t1"
        ) AS "t7"
          ON "t11"."id" = "t7"."id" AND "t11"."parent" = "t7"."parent"
      ) AS "t13"
      GROUP BY
        "t13"."id",
        "t13"."parent"
    ) AS "t17"
      ON "t21"."id" = "t17"."id" AND "t21"."parent" = "t17"."parent"
  ) AS "t22"
) AS "t24"
INNER JOIN "memory_4" AS "t3"
  ON "t24"."node" = "t3"."node";

-- step 9
SELECT
  *
FROM "kept_9";

-- step 10
SELECT
  "t10"."id" AS "id",
  "t10"."score_0" AS "score",
  CASE
    WHEN isNotNull("t10"."score_0")
    THEN "t10"."low_0"
    ELSE CAST(NULL AS Nullable(Float64))
  END AS "low",
  CASE
    WHEN isNotNull("t10"."score_0")
    THEN "t10"."high_0"
    ELSE CAST(NULL AS Nullable(Float64))
  END AS "high",
  "t10"."coverage" AS "coverage",
  COALESCE(
    CAST(NULL AS Nullable(String)),
    CASE
      WHEN isNotNull("t10"."score_0") AND (
        "t10"."coverage" >= 0.5
      )
      THEN CASE
        WHEN "t10"."score_0" >= 70.0
        THEN 'green'
        WHEN isNotNull("t10"."score_0")
        THEN 'red'
        ELSE CAST(NULL AS Nullable(String))
      END
      ELSE 'insufficient evidence'
    END
  ) AS "tier",
  CASE
    WHEN isNotNull("t10"."score_0")
    AND (
      "t10"."coverage" >= 0.5
    )
    AND isNull(CAST(NULL AS Nullable(String)))
    THEN CASE
      WHEN "t10"."score_0" >= 70.0
      THEN CAST(NULL AS Nullable(String))
      WHEN isNotNull("t10"."score_0")
      THEN CAST(NULL AS Nullable(String))
      ELSE CAST(NULL AS Nullable(String))
    END
    ELSE CAST(NULL AS Nullable(String))
  END AS "zone",
  CASE
    WHEN isNotNull(CAST(NULL AS Nullable(String))) AND NOT (
      FALSE OR "t10"."unsure"
    )
    THEN 'firm'
    WHEN NOT (
      isNotNull("t10"."score_0") AND (
        "t10"."coverage" >= 0.5
      )
    )
    AND isNull(CAST(NULL AS Nullable(String)))
    THEN 'insufficient'
    WHEN (
      CASE
        WHEN CASE
          WHEN isNotNull("t10"."score_0")
          THEN "t10"."low_0"
          ELSE CAST(NULL AS Nullable(Float64))
        END >= 70.0
        THEN 'green'
        WHEN isNotNull(
          CASE
            WHEN isNotNull("t10"."score_0")
            THEN "t10"."low_0"
            ELSE CAST(NULL AS Nullable(Float64))
          END
        )
        THEN 'red'
        ELSE CAST(NULL AS Nullable(String))
      END = CASE
        WHEN "t10"."score_0" >= 70.0
        THEN 'green'
        WHEN isNotNull("t10"."score_0")
        THEN 'red'
        ELSE CAST(NULL AS Nullable(String))
      END
    )
    AND (
      CASE
        WHEN CASE
          WHEN isNotNull("t10"."score_0")
          THEN "t10"."high_0"
          ELSE CAST(NULL AS Nullable(Float64))
        END >= 70.0
        THEN 'green'
        WHEN isNotNull(
          CASE
            WHEN isNotNull("t10"."score_0")
            THEN "t10"."high_0"
            ELSE CAST(NULL AS Nullable(Float64))
          END
        )
        THEN 'red'
        ELSE CAST(NULL AS Nullable(String))
      END = CASE
        WHEN "t10"."score_0" >= 70.0
        THEN 'green'
        WHEN isNotNull("t10"."score_0")
        THEN 'red'
        ELSE CAST(NULL AS Nullable(String))
      END
    )
    AND NOT (
      FALSE OR "t10"."unsure"
    )
    AND isNull(CAST(NULL AS Nullable(String)))
    THEN 'firm'
    ELSE 'provisional'
  END AS "standing",
  "t10"."score_0" AS "native",
  "t10"."variant" AS "variant",
  "t10"."raw" AS "raw",
  0.0 AS "base",
  "t10"."sum_clamped" - "t10"."sum" AS "clamped",
  "t10"."score_0" - "t10"."sum_clamped" AS "rounding"
FROM (
  SELECT
    "t9"."id" AS "id",
    "t9"."unsure" AS "unsure",
    "t9"."variant" AS "variant",
    "t9"."value" AS "value",
    "t9"."low" AS "low",
    "t9"."high" AS "high",
    "t9"."coverage" AS "coverage",
    "t9"."raw" AS "raw",
    "t9"."raw_low" AS "raw_low",
    "t9"."raw_high" AS "raw_high",
    "t9"."raw" AS "sum",
    "t9"."raw_low" AS "sum_low",
    "t9"."raw_high" AS "sum_high",
    CASE
      WHEN isNull(CASE WHEN isNull("t9"."raw") THEN NULL ELSE LEAST(100, "t9"."raw") END)
      THEN NULL
      ELSE GREATEST(0, CASE WHEN isNull("t9"."raw") THEN NULL ELSE LEAST(100, "t9"."raw") END)
    END AS "sum_clamped",
    CASE
      WHEN isNull(CASE WHEN isNull("t9"."raw_low") THEN NULL ELSE LEAST(100, "t9"."raw_low") END)
      THEN NULL
      ELSE GREATEST(0, CASE WHEN isNull("t9"."raw_low") THEN NULL ELSE LEAST(100, "t9"."raw_low") END)
    END AS "sum_low_clamped",
    CASE
      WHEN isNull(CASE WHEN isNull("t9"."raw_high") THEN NULL ELSE LEAST(100, "t9"."raw_high") END)
      THEN NULL
      ELSE GREATEST(
        0,
        CASE WHEN isNull("t9"."raw_high") THEN NULL ELSE LEAST(100, "t9"."raw_high") END
      )
    END AS "sum_high_clamped",
    CAST(CAST(ROUND(
      CAST(CASE
        WHEN isNull(CASE WHEN isNull("t9"."raw") THEN NULL ELSE LEAST(100, "t9"."raw") END)
        THEN NULL
        ELSE GREATEST(0, CASE WHEN isNull("t9"."raw") THEN NULL ELSE LEAST(100, "t9"."raw") END)
      END AS Nullable(Decimal(18, 9))),
      2
    ) AS Nullable(Decimal(18, 2))) AS Nullable(Float64)) AS "score_0",
    CAST(CAST(ROUND(
      CAST(CASE
        WHEN isNull(CASE WHEN isNull("t9"."raw_low") THEN NULL ELSE LEAST(100, "t9"."raw_low") END)
        THEN NULL
        ELSE GREATEST(0, CASE WHEN isNull("t9"."raw_low") THEN NULL ELSE LEAST(100, "t9"."raw_low") END)
      END AS Nullable(Decimal(18, 9))),
      2
    ) AS Nullable(Decimal(18, 2))) AS Nullable(Float64)) AS "low_0",
    CAST(CAST(ROUND(
      CAST(CASE
        WHEN isNull(CASE WHEN isNull("t9"."raw_high") THEN NULL ELSE LEAST(100, "t9"."raw_high") END)
        THEN NULL
        ELSE GREATEST(
          0,
          CASE WHEN isNull("t9"."raw_high") THEN NULL ELSE LEAST(100, "t9"."raw_high") END
        )
      END AS Nullable(Decimal(18, 9))),
      2
    ) AS Nullable(Decimal(18, 2))) AS Nullable(Float64)) AS "high_0"
  FROM (
    SELECT
      "t8"."id" AS "id",
      "t8"."unsure" AS "unsure",
      "t8"."variant" AS "variant",
      "t8"."value" AS "value",
      "t8"."low" AS "low",
      "t8"."high" AS "high",
      COALESCE(
        CASE
          WHEN ABS(CAST("t8"."coverage" AS Nullable(Float64))) < 9007199.254740993
          THEN CAST(ROUND(CAST("t8"."coverage" AS Nullable(Float64)), 9) AS Nullable(Float64))
          WHEN ABS(CAST("t8"."coverage" AS Nullable(Float64))) < 9007199254.740992
          THEN CAST(ROUND(CAST("t8"."coverage" AS Nullable(Float64)), 6) AS Nullable(Float64))
          WHEN ABS(CAST("t8"."coverage" AS Nullable(Float64))) < 9007199254740.992
          THEN CAST(ROUND(CAST("t8"."coverage" AS Nullable(Float64)), 3) AS Nullable(Float64))
          WHEN ABS(CAST("t8"."coverage" AS Nullable(Float64))) <= 1e+300
          THEN CAST("t8"."coverage" AS Nullable(Float64))
          ELSE CAST(NULL AS Nullable(Float64))
        END,
        0.0
      ) AS "coverage",
      CASE
        WHEN ABS(CAST("t8"."value" AS Nullable(Float64))) < 9007199.254740993
        THEN CAST(ROUND(CAST("t8"."value" AS Nullable(Float64)), 9) AS Nullable(Float64))
        WHEN ABS(CAST("t8"."value" AS Nullable(Float64))) < 9007199254.740992
        THEN CAST(ROUND(CAST("t8"."value" AS Nullable(Float64)), 6) AS Nullable(Float64))
        WHEN ABS(CAST("t8"."value" AS Nullable(Float64))) < 9007199254740.992
        THEN CAST(ROUND(CAST("t8"."value" AS Nullable(Float64)), 3) AS Nullable(Float64))
        WHEN ABS(CAST("t8"."value" AS Nullable(Float64))) <= 1e+300
        THEN CAST("t8"."value" AS Nullable(Float64))
        ELSE CAST(NULL AS Nullable(Float64))
      END AS "raw",
      CASE
        WHEN ABS(CAST("t8"."low" AS Nullable(Float64))) < 9007199.254740993
        THEN CAST(ROUND(CAST("t8"."low" AS Nullable(Float64)), 9) AS Nullable(Float64))
        WHEN ABS(CAST("t8"."low" AS Nullable(Float64))) < 9007199254.740992
        THEN CAST(ROUND(CAST("t8"."low" AS Nullable(Float64)), 6) AS Nullable(Float64))
        WHEN ABS(CAST("t8"."low" AS Nullable(Float64))) < 9007199254740.992
        THEN CAST(ROUND(CAST("t8"."low" AS Nullable(Float64)), 3) AS Nullable(Float64))
        WHEN ABS(CAST("t8"."low" AS Nullable(Float64))) <= 1e+300
        THEN CAST("t8"."low" AS Nullable(Float64))
        ELSE CAST(NULL AS Nullable(Float64))
      END AS "raw_low",
      CASE
        WHEN ABS(CAST("t8"."high" AS Nullable(Float64))) < 9007199.254740993
        THEN CAST(ROUND(CAST("t8"."high" AS Nullable(Float64)), 9) AS Nullable(Float64))
        WHEN ABS(CAST("t8"."high" AS Nullable(Float64))) < 9007199254.740992
        THEN CAST(ROUND(CAST("t8"."high" AS Nullable(Float64)), 6) AS Nullable(Float64))
        WHEN ABS(CAST("t8"."high" AS Nullable(Float64))) < 9007199254740.992
        THEN CAST(ROUND(CAST("t8"."high" AS Nullable(Float64)), 3) AS Nullable(Float64))
        WHEN ABS(CAST("t8"."high" AS Nullable(Float64))) <= 1e+300
        THEN CAST("t8"."high" AS Nullable(Float64))
        ELSE CAST(NULL AS Nullable(Float64))
      END AS "raw_high"
    FROM (
      SELECT
        "t7".*
        EXCEPT ("main")
      FROM (
        SELECT
          "t6".*
          EXCEPT ("id_right", "variant_right")
        FROM (
          SELECT
            "t3"."id" AS "id",
            "t3"."unsure" AS "unsure",
            "t3"."variant" AS "variant",
            "t3"."main" AS "main",
            "t5"."id" AS "id_right",
            "t5"."value" AS "value",
            "t5"."low" AS "low",
            "t5"."high" AS "high",
            "t5"."coverage" AS "coverage",
            "t5"."variant" AS "variant_right"
          FROM (
            SELECT
              "t0"."id" AS "id",
              CASE WHEN TRUE THEN FALSE WHEN NOT (
                TRUE
              ) THEN FALSE ELSE TRUE END AS "unsure",
              0 AS "variant",
              COALESCE(TRUE, FALSE) AS "main"
            FROM "kept_5" AS "t0"
            WHERE
              COALESCE(TRUE, TRUE)
          ) AS "t3"
          LEFT OUTER JOIN (
            SELECT
              "t1"."id" AS "id",
              "t1"."value" AS "value",
              "t1"."low" AS "low",
              "t1"."high" AS "high",
              "t1"."coverage" AS "coverage",
              CAST(CASE WHEN "t1"."node" = 0 THEN 0 ELSE 0 END AS Nullable(Int16)) AS "variant"
            FROM "kept_10" AS "t1"
            WHERE
              "t1"."node" IN (0)
          ) AS "t5"
            ON "t3"."id" = "t5"."id" AND "t3"."variant" = "t5"."variant"
        ) AS "t6"
      ) AS "t7"
    ) AS "t8"
  ) AS "t9"
) AS "t10";

-- step 11
SELECT
  "t0"."id" AS "id",
  '' AS "flag"
FROM "kept_11" AS "t0"
WHERE
  FALSE;
