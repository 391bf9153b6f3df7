package io.holdfast.payment.testing;

import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerConfig;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A ledger of one shard over a fresh database, sealed with the first token. */
public final class Bank implements AutoCloseable {

  /** How many shards it has. */
  public static final ShardMap MAP = new ShardMap(1);

  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);

  private final DatabaseConfig config = patient(TestPostgres.freshDatabase());
  private final List<Ledger> opened = new ArrayList<>();
  private final Ledger ledger = ledger("node-a");
  private final AtomicInteger keys = new AtomicInteger();

  /** Opens it. */
  public Bank() {
    seal(ledger, 1);
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

  /** Begins to own all shards by the nth token. */
  public static void seal(Ledger ledger, long number) {
    for (int shard = 0; shard < MAP.shards(); shard++) {
      ledger.seal(new Fence(shard, token(number)));
    }
  }

  /** Where it is kept. */
  public DatabaseConfig config() {
    return config;
  }

  /** The same ledger at another node; closed with the bank. */
  public Ledger ledger(String node) {
    Ledger another =
        Ledger.open(LedgerConfig.of(node, Map.of("main", config)).withShards(MAP.shards()));
    opened.add(another);
    return another;
  }

  /** The ledger at the node that owns the shard by the first token. */
  public Ledger ledger() {
    return ledger;
  }

  /** A key that was not used before. */
  public IdempotencyKey nextKey() {
    return new IdempotencyKey("key-" + keys.incrementAndGet());
  }

  /** Opens an account in euros, with money in it, of an owner of the same name. */
  public void open(String id, long cents) {
    AccountId account = new AccountId(id);
    run(new OpenAccount(), OpenAccount.wallet(account, id, "EUR"));
    if (cents > 0) {
      run(new Fund(), new Fund.Request(account, cents, "EUR", "a test"));
    }
  }

  private <R extends Record> void run(Operation<R> operation, R request) {
    Reply reply = ledger.execute(OPERATOR, operation, request, nextKey()).join();
    reply
        .refusal()
        .ifPresent(
            why -> {
              throw new IllegalStateException(why.toString());
            });
  }

  /** What is in an account. */
  public long balance(String id) {
    return ledger.reader().account(new AccountId(id)).map(Account::posted).orElseThrow();
  }

  @Override
  public void close() {
    opened.forEach(Ledger::close);
  }
}
