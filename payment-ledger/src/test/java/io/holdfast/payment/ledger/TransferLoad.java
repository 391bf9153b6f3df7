package io.holdfast.payment.ledger;

import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.ledger.audit.ClientJournal.Asked;
import io.holdfast.payment.ledger.audit.ClientJournal.Leg;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.ledger.audit.RequestKey;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that transfer between accounts of some shards until they are stopped, and note what they
 * are told. Each has one request at a time, and asks until it is answered.
 */
final class TransferLoad implements AutoCloseable {

  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TwoNodes ledger;
  private final String name;
  private final List<AccountId> accounts = new ArrayList<>();
  private final List<Thread> clients = new ArrayList<>();
  final ClientJournal journal = new ClientJournal();

  /** How often a request was told that it was not done, by what. */
  final Map<String, Integer> failures = new ConcurrentHashMap<>();

  /** How many requests have been answered. */
  final AtomicLong answered = new AtomicLong();

  /** The longest time that an answer took; nanoseconds. */
  final AtomicLong longest = new AtomicLong();

  private volatile boolean stopped;

  /** Opens an account in each shard. */
  TransferLoad(TwoNodes ledger, String name, int... shards) {
    this.ledger = ledger;
    this.name = name;
    for (int shard : shards) {
      AccountId id = ledger.account(shard, name + accounts.size());
      ledger.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(id, name, "EUR"), "open");
      ledger.run(OPERATOR, new Fund(), new Fund.Request(id, 100_000, "EUR", "load"), "fund");
      accounts.add(id);
    }
    journal.knowsAllOf(name);
  }

  TransferLoad start(int count) {
    for (int client = 0; client < count; client++) {
      int number = client;
      Thread thread = new Thread(() -> run(number), name + "-" + number);
      thread.setDaemon(true);
      clients.add(thread);
      thread.start();
    }
    return this;
  }

  private void run(int client) {
    for (int i = client; !stopped; i++) {
      AccountId from = accounts.get(i % accounts.size());
      AccountId to = accounts.get((i + 1 + i / accounts.size()) % accounts.size());
      if (!from.equals(to)) {
        transfer(from, to, client + "-" + i);
      }
    }
  }

  /** Asks until it is answered. */
  void transfer(int from, int to, String key) {
    transfer(accounts.get(from), accounts.get(to), key);
  }

  private void transfer(AccountId from, AccountId to, String key) {
    Transfer.Request request = new Transfer.Request(from, to, 1, "EUR");
    Transfer operation = new Transfer();
    RequestKey noted = new RequestKey(name, operation.scope(request).name(), key);
    journal.asked(
        Asked.of(
            operation.type(),
            noted,
            new Leg(from.value(), "EUR", -1),
            new Leg(to.value(), "EUR", 1)));
    long began = System.nanoTime();
    while (System.nanoTime() - began < PATIENCE.toNanos()) {
      try {
        Reply reply = ledger.run(Caller.of(name, Role.CUSTOMER), operation, request, key);
        longest.accumulateAndGet(System.nanoTime() - began, Math::max);
        answered.incrementAndGet();
        journal.told(noted, reply.refusal().isPresent() ? Verdict.REFUSED : Verdict.DONE);
        return;
      } catch (CompletionException | LedgerException e) {
        Throwable cause = e.getCause() == null || e instanceof LedgerException ? e : e.getCause();
        failures.merge(
            cause.getClass().getSimpleName() + ": " + cause.getMessage(), 1, Integer::sum);
        Thread.onSpinWait();
      }
    }
  }

  /** Lets the clients finish what they have asked. */
  @Override
  public void close() {
    stopped = true;
    for (Thread each : clients) {
      try {
        each.join(PATIENCE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
