package io.holdfast.payment.load;

import io.holdfast.payment.ledger.AccountId;
import java.time.Duration;

/**
 * What load to put on.
 *
 * @param run begins every account id and idempotency key; another for each run on one ledger
 * @param clients how many at a time, each with one request under way; at a rate they only open the
 *     accounts
 * @param accounts how many they pay each other from, at least 2
 * @param openingBalance what each account starts with, in minor units
 * @param currency ISO 4217 code
 * @param ratePerSecond transfers a second, evenly spaced and each sent when it is due, whatever has
 *     become of those before it, as long as no more than ten seconds' worth have no answer; 0 for
 *     as many as the clients have answered
 * @param seed of the choice of accounts and amounts
 * @param patience how long a request is tried again until it counts as unresolved
 */
public record LoadConfig(
    String run,
    int clients,
    int accounts,
    long openingBalance,
    String currency,
    int ratePerSecond,
    long seed,
    Duration patience) {

  public LoadConfig {
    if (!run.matches("[A-Za-z0-9]{1,20}")) {
      throw new IllegalArgumentException("a run is named by 1 to 20 letters and digits");
    }
    if (clients < 1 || accounts < 2 || ratePerSecond < 0) {
      throw new IllegalArgumentException("load needs 1 client, 2 accounts and a rate of 0 or more");
    }
  }

  /** 8 clients on 60 accounts of 10,000.00 euros, as fast as they are answered. */
  public static LoadConfig of(String run) {
    return new LoadConfig(run, 8, 60, 1_000_000, "EUR", 0, 1, Duration.ofSeconds(60));
  }

  /** With other numbers of clients and accounts. */
  public LoadConfig withSize(int otherClients, int otherAccounts) {
    return new LoadConfig(
        run, otherClients, otherAccounts, openingBalance, currency, ratePerSecond, seed, patience);
  }

  /** With another opening balance; a small one brings about refusals. */
  public LoadConfig withOpeningBalance(long other) {
    return new LoadConfig(run, clients, accounts, other, currency, ratePerSecond, seed, patience);
  }

  /** With another rate. */
  public LoadConfig withRate(int other) {
    return new LoadConfig(run, clients, accounts, openingBalance, currency, other, seed, patience);
  }

  /** With another seed. */
  public LoadConfig withSeed(long other) {
    return new LoadConfig(
        run, clients, accounts, openingBalance, currency, ratePerSecond, other, patience);
  }

  /** With another patience. */
  public LoadConfig withPatience(Duration other) {
    return new LoadConfig(
        run, clients, accounts, openingBalance, currency, ratePerSecond, seed, other);
  }

  /** One of the accounts, counted from 0. */
  AccountId account(int number) {
    return new AccountId(run + "-account-" + number);
  }
}
