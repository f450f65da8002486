//! The schema is brought up to date around what is stored.

use migration::Migrator;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;

use crate::support::{
    database::{DatabaseKind, on_each_database, on_each_server},
    process::{CommandEnvironment, run, run_with_input, stdout},
    server::on_connection,
};

const HISTORY: &[u8] = br#"{"requests":[{"id":5,"date_start":"2024-01-01","tech_username":"ann",
    "chat_info":[{"date":"2024-01-01","sender":"a","text":"kept"}]}]}"#;

fn import(environment: &CommandEnvironment) -> String {
    let output = run_with_input(environment, &["import", "--account", "acme", "-"], HISTORY);
    String::from_utf8(output.stdout).unwrap()
}

on_each_database!(migrating_a_current_schema_changes_nothing);
fn migrating_a_current_schema_changes_nothing(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    stdout(&environment, &["account", "create", "acme"]);
    assert_eq!(import(&environment), "new 1, changed 0, unchanged 0, rejected 0\n");
    assert_eq!(stdout(&environment, &["migrate", "status"]), status(0));
    stdout(&environment, &["migrate", "up"]);
    assert_eq!(stdout(&environment, &["migrate", "status"]), status(0));
    assert_eq!(import(&environment), "new 0, changed 0, unchanged 1, rejected 0\n");
}

/// The output of `migrate status` when all steps are applied, except the last ones.
fn status(pending: usize) -> String {
    let steps = Migrator::migrations();
    let applied = steps.len() - pending;
    let state = |index| if index < applied { "applied" } else { "pending" };
    let names = steps.iter().map(|step| step.name()).enumerate();
    names.map(|(index, name)| format!("{}\t{name}\n", state(index))).collect()
}

/// A database with an account and without the last step, as an older version leaves it.
fn old(on: DatabaseKind) -> CommandEnvironment {
    let environment = CommandEnvironment::bare(on);
    on_connection(&environment.url(), async |connection| {
        let steps = Migrator::migrations().len() as u32;
        Migrator::up(connection, Some(steps - 1)).await?;
        let account = "INSERT INTO account (name, created_at) VALUES ('acme', 0)";
        connection.execute_unprepared(account).await?;
        let counter =
            "INSERT INTO change_counter (account_id, position, changed_at) VALUES (1, 0, 0)";
        connection.execute_unprepared(counter).await
    })
    .unwrap();
    environment
}

on_each_database!(a_migration_preserves_the_rows);
fn a_migration_preserves_the_rows(on: DatabaseKind) {
    let environment = old(on);
    assert_eq!(stdout(&environment, &["migrate", "status"]), status(1));
    stdout(&environment, &["migrate", "up"]);
    assert!(stdout(&environment, &["account", "list"]).starts_with("1\tacme\t"));
    assert_eq!(import(&environment), "new 1, changed 0, unchanged 0, rejected 0\n");
}

on_each_server!(an_old_schema_of_a_server_is_not_served);
fn an_old_schema_of_a_server_is_not_served(on: DatabaseKind) {
    let environment = old(on);
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["account", "list"]] {
        let output = run(&environment, command);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains("session-history migrate up"), "{told}");
    }
}

on_each_database!(several_gateways_can_migrate_at_the_same_time);
fn several_gateways_can_migrate_at_the_same_time(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| stdout(&environment, &["migrate", "up"]));
        }
    });
    assert_eq!(stdout(&environment, &["migrate", "status"]), status(0));
}
