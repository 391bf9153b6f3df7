package io.holdfast.payment.testing;

import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.old.Database;
import io.holdfast.payment.old.Instruction;
import io.holdfast.payment.old.Ledger;
import io.holdfast.payment.old.OpenAccount;
import io.holdfast.payment.old.Receipt;
import io.holdfast.payment.old.Transfer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A ledger over a fresh database whose every shard is sealed with the first token. */
public final class Bank implements AutoCloseable {

  /** How many shards it has. */
  public static final ShardMap MAP = new ShardMap(4);

  private final DatabaseConfig config = patient(TestPostgres.freshDatabase());
  private final Database database = Database.open(config, MAP);
  private final Ledger ledger = new Ledger(database, MAP, "node-a");
  private final AtomicInteger keys = new AtomicInteger();

  /** Opens it. */
  public Bank() {
    for (int shard = 0; shard < MAP.shards(); shard++) {
      ledger.seal(new Fence(shard, token(1)));
    }
  }

  /** With time-outs that a slow machine does not run into while a test holds a lock. */
  private static DatabaseConfig patient(DatabaseConfig config) {
    return new DatabaseConfig(
        config.url(),
        config.user(),
        config.password(),
        config.poolSize(),
        Duration.ofSeconds(60),
        Duration.ofSeconds(60));
  }

  /** The nth token. */
  public static FencingToken token(long number) {
    return FencingToken.fromUuid(new UUID(0, number));
  }

  /** Where it is kept. */
  public DatabaseConfig config() {
    return config;
  }

  /** Its database. */
  public Database database() {
    return database;
  }

  /** The ledger itself. */
  public Ledger ledger() {
    return ledger;
  }

  /** A key that was not used before. */
  public IdempotencyKey nextKey() {
    return new IdempotencyKey("key-" + keys.incrementAndGet());
  }

  /** Executes under the first token. */
  public Receipt execute(Instruction instruction, IdempotencyKey key) {
    return execute(instruction, key, token(1));
  }

  /** Executes under a token. */
  public Receipt execute(Instruction instruction, IdempotencyKey key, FencingToken token) {
    return ledger.execute(instruction, key, new Fence(MAP.shardOf(instruction.account()), token));
  }

  /** Opens an account in euros. */
  public Receipt open(String id, long cents) {
    return execute(opening(id, cents), nextKey());
  }

  /** The instruction to open an account in euros. */
  public static OpenAccount opening(String id, long cents) {
    return new OpenAccount(new AccountId(id), Money.of(cents, "EUR"));
  }

  /** The instruction to move euros. */
  public static Transfer transfer(String from, String to, long cents) {
    return new Transfer(new AccountId(from), new AccountId(to), Money.of(cents, "EUR"));
  }

  /** What is in an account. */
  public long balance(String id) {
    return ledger.find(new AccountId(id)).orElseThrow().balance().minorUnits();
  }

  /** How many shards have entries that do not sum to zero. */
  public long unbalancedShards() {
    return Sql.number(
        database,
        "SELECT count(*) FROM (SELECT shard FROM entry GROUP BY shard HAVING sum(amount) <> 0) s");
  }

  @Override
  public void close() {
    database.close();
  }
}
