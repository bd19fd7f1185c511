//! `lamphouse user`.

use crate::cli::User;
use crate::open;
use anyhow::Context;
use lamp_auth::{Auth, PasswordCost};
use std::io::BufRead;
use std::path::Path;

pub async fn run(data: &Path, command: User) -> anyhow::Result<()> {
    let auth = Auth::new(open::store(data).await?, PasswordCost::default());
    match command {
        User::Add { name, role, password_stdin: _ } => {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).context("read the password from standard input")?;
            let password = line.trim_end_matches(['\r', '\n']);
            let user = auth.create_user(&open::origin(), &name, password, &role).await?;
            println!("added {} as {}", user.name, user.role);
        }
        User::List => {
            for user in auth.list_users().await? {
                let seen = user.last_sign_in_at.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
                let state = if user.disabled { "disabled" } else { "active" };
                println!("{}\t{}\t{state}\tlast sign-in {seen}", user.name, user.role);
            }
        }
    }
    Ok(())
}
