//! Code that all engines share. sqlx has separate types for each engine.

/// How an engine binds a list of ids.
pub(super) trait Ids {
    type Bound;
    fn ids(ids: &[i64]) -> Self::Bound;
}

/// A list of ids as JSON, for engines without arrays.
pub(super) fn json(ids: &[i64]) -> String {
    let mut text = String::with_capacity(2 + 12 * ids.len());
    for id in ids {
        text.push(if text.is_empty() { '[' } else { ',' });
        text.push_str(&id.to_string());
    }
    text.push_str(if text.is_empty() { "[]" } else { "]" });
    text
}

macro_rules! row {
    ($row:ty) => {
        impl Row for $row {
            fn int(&self, column: usize) -> Result<i64> {
                self.try_get(column)
            }

            fn maybe_int(&self, column: usize) -> Result<Option<i64>> {
                self.try_get(column)
            }

            fn text(&self, column: usize) -> Result<&str> {
                self.try_get(column)
            }

            fn maybe_text(&self, column: usize) -> Result<Option<&str>> {
                self.try_get(column)
            }
        }
    };
}

macro_rules! connection_methods {
    ($engine:ty) => {
        type Session = <$engine as sqlx::Database>::Connection;
        type Pooled = PoolConnection<$engine>;
        type Snapshot = Transaction<'static, $engine>;

        async fn connection(&self) -> Result<Self::Pooled> {
            self.acquire().await
        }

        async fn commit(transaction: Self::Snapshot) -> Result<()> {
            transaction.commit().await
        }

        async fn close(&self) {
            self.close().await;
        }

        async fn rows(
            session: &mut Self::Session,
            sql: &'static str,
            values: &[Value<'_>],
        ) -> Result<Vec<Self::Row>> {
            bind!(sqlx::query::<$engine>(sql), values, $engine).fetch_all(session).await
        }

        fn stream<'s>(
            session: &'s mut Self::Session,
            sql: Arc<str>,
            values: &[Value<'s>],
        ) -> BoxStream<'s, Result<Self::Row>> {
            session.fetch(bind!(sqlx::query::<$engine>(AssertSqlSafe(sql)), values, $engine))
        }

        async fn execute(
            session: &mut Self::Session,
            sql: Arc<str>,
            values: &[Value<'_>],
        ) -> Result<()> {
            let query = sqlx::query::<$engine>(AssertSqlSafe(sql));
            bind!(query, values, $engine).execute(session).await.map(drop)
        }
    };
}

macro_rules! bind {
    ($query:expr, $values:expr, $engine:ty) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Int(number) => query.bind(*number),
                Value::MaybeInt(number) => query.bind(*number),
                Value::Text(text) => query.bind(*text),
                Value::MaybeText(text) => query.bind(*text),
                Value::Ids(ids) => query.bind(<$engine as Ids>::ids(ids)),
            };
        }
        query
    }};
}

pub(super) use {bind, connection_methods, row};
