package io.holdfast.payment.load;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.payment.audit.Journal;
import io.holdfast.payment.audit.Journal.Verdict;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.OpenAccount;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.Transfer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Clients that open accounts and then pay each other, each request with a key of its own.
 *
 * <p>Call {@link #openAccounts}, {@link #start}, and {@link #stop}, in this order, once each; the
 * rest at any time. Every request is in the {@link #journal} before it is sent.
 */
public final class LoadGenerator implements AutoCloseable {

  private static final int LARGEST_AMOUNT = 1_000;

  private final LoadConfig config;
  private final ShardMap map;
  private final Journal journal = new Journal();
  private final LoadRecord record = new LoadRecord();
  private final PaymentClient client;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable RuntimeException> fault = new AtomicReference<>();
  private volatile boolean stopping;

  /**
   * A load that is not running yet.
   *
   * @param nodes to send to
   */
  public LoadGenerator(LoadConfig config, LoadBalancer nodes, ShardMap map) {
    this.config = config;
    this.map = map;
    this.client = new PaymentClient(nodes, map, journal, record, config.patience());
  }

  /** What was asked and told. */
  public Journal journal() {
    return journal;
  }

  /** The numbers so far. */
  public LoadReport report() {
    return record.report();
  }

  /** Begins to note, from now on, when each shard takes payments again. */
  public Recovery recovery() {
    return record.recovery(map.shards());
  }

  /**
   * Opens the accounts with all clients at once and waits until it is done.
   *
   * @throws IllegalStateException if one could not be opened
   */
  public void openAccounts() throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    run(
        "open",
        number -> {
          for (int i = next.getAndIncrement(); i < config.accounts(); i = next.getAndIncrement()) {
            OpenAccount opening = new OpenAccount(account(i), money(config.openingBalance()));
            IdempotencyKey key = new IdempotencyKey(config.run() + "-open-" + i);
            if (client.send(key, opening, System.nanoTime()) == Verdict.ACKNOWLEDGED) {
              opened.incrementAndGet();
            }
          }
        });
    join();
    if (opened.get() != config.accounts()) {
      throw new IllegalStateException(
          "only " + opened + " of " + config.accounts() + " accounts could be opened");
    }
    record.forgetLatencies();
  }

  /** Lets the clients pay each other until {@link #stop}. Returns at once. */
  public void start() {
    run("pay", this::pay);
  }

  /** Lets every client finish the request it has under way, which its patience bounds. */
  public void stop() throws InterruptedException {
    stopping = true;
    join();
  }

  /** Ends the clients at once; what they have under way stays unresolved. */
  @Override
  public void close() {
    stopping = true;
    threads.forEach(Thread::interrupt);
  }

  private interface Work {
    void as(int number) throws InterruptedException;
  }

  private void run(String what, Work work) {
    for (int number = 0; number < config.clients(); number++) {
      int mine = number;
      Thread thread =
          new Thread(
              () -> {
                try {
                  work.as(mine);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                  fault.compareAndSet(null, e);
                }
              },
              "load-" + what + "-" + number);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
    RuntimeException failed = fault.get();
    if (failed != null) {
      throw new IllegalStateException("a client of the load failed", failed);
    }
  }

  private void pay(int number) throws InterruptedException {
    Random random = new Random(config.seed() * 1_000_003 + number);
    long interval =
        config.ratePerSecond() == 0
            ? 0
            : Duration.ofSeconds(1).toNanos() * config.clients() / config.ratePerSecond();
    long due = System.nanoTime() + interval * number / config.clients();
    for (int i = 0; !stopping; i++) {
      if (interval > 0) {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      } else {
        due = System.nanoTime();
      }
      client.send(new IdempotencyKey(config.run() + "-" + number + "-" + i), transfer(random), due);
      due += interval;
    }
  }

  private Transfer transfer(Random random) {
    int from = random.nextInt(config.accounts());
    int to = (from + 1 + random.nextInt(config.accounts() - 1)) % config.accounts();
    return new Transfer(account(from), account(to), money(1 + random.nextInt(LARGEST_AMOUNT)));
  }

  private AccountId account(int number) {
    return new AccountId(config.run() + "-account-" + number);
  }

  private Money money(long minorUnits) {
    return Money.of(minorUnits, config.currency());
  }
}
