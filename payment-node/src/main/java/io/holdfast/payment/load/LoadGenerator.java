package io.holdfast.payment.load;

import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.scenario.wallet.Transfer;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that open accounts and then pay each other, each request with a key of its own.
 *
 * <p>Call {@link #openAccounts}, {@link #warmUp} if need be, {@link #start}, and {@link #stop}, in
 * this order, once each; the rest at any time. Every request is in the {@link #journal} before it
 * is sent.
 */
public final class LoadGenerator implements AutoCloseable {

  private static final int LARGEST_AMOUNT = 1_000;
  private static final int MOST_SECONDS_UNDER_WAY = 10;
  private static final Transfer TRANSFER = new Transfer();

  private final LoadConfig config;
  private final ShardMap map;
  private final ClientJournal journal = new ClientJournal();
  private final LoadRecord record;
  private final PaymentClient client;
  private final LoadAccounts accounts;
  private final LoadThreads threads = new LoadThreads();

  /** At a rate: the requests that have no answer yet, by their number. */
  private final Map<Integer, CompletableFuture<PaymentClient.Told>> underWay =
      new ConcurrentHashMap<>();

  private volatile boolean stopping;

  /**
   * A load that is not running yet.
   *
   * @param target to send to
   */
  public LoadGenerator(LoadConfig config, LoadTarget target) {
    this.config = config;
    this.map = target.map();
    this.record = new LoadRecord();
    journal.knowsAllOf(config.run());
    this.client = new PaymentClient(target, journal, record, config.patience());
    this.accounts = new LoadAccounts(client, config.run(), config.currency(), map);
  }

  /** What was asked and told. */
  public ClientJournal journal() {
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
    threads.run(
        "open",
        config.clients(),
        number -> {
          for (int i = next.getAndIncrement(); i < config.accounts(); i = next.getAndIncrement()) {
            if (accounts.open(config.account(i), config.openingBalance())) {
              opened.incrementAndGet();
            }
          }
        });
    threads.join();
    if (opened.get() != config.accounts()) {
      throw new IllegalStateException(
          "only " + opened + " of " + config.accounts() + " accounts could be opened");
    }
  }

  /**
   * Lets the clients pay each other as fast as they are answered, so that what has just started is
   * warm when {@link #start} begins. Blocks for {@code length}, and for the last answers.
   *
   * @return transfers a second in the second half of the time: about what can be done here
   */
  public long warmUp(Duration length) throws InterruptedException {
    threads.run("warm", config.clients(), number -> pay(number + config.clients()));
    long half = Durations.nanos(length) / 2;
    TimeUnit.NANOSECONDS.sleep(half);
    long before = record.report().acknowledged();
    long from = System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(half);
    long done = record.report().acknowledged() - before;
    long took = System.nanoTime() - from;
    stopping = true;
    threads.join();
    stopping = false;
    return Math.round(done * 1e9 / took);
  }

  /** Lets the clients pay each other until {@link #stop}. Returns at once. */
  public void start() {
    start(config.ratePerSecond());
  }

  /** The same at another rate than the configured one. */
  public void start(int ratePerSecond) {
    record.measureFromNow();
    if (ratePerSecond == 0) {
      threads.run("pay", config.clients(), this::pay);
    } else {
      threads.run("pay", 1, only -> payAtRate(ratePerSecond));
    }
  }

  /** From now on these shards, and no others, count as without an owner. */
  public void orphaned(Set<Integer> shards) {
    record.orphaned(shards);
  }

  /** How many of the requests of each second had their answer in time. */
  public Timeliness timeliness() {
    return record.timeliness();
  }

  /** Lets every request that is under way have its answer, which its patience bounds. */
  public void stop() throws InterruptedException {
    stopping = true;
    threads.join();
    for (CompletableFuture<PaymentClient.Told> request : List.copyOf(underWay.values())) {
      try {
        request.get();
      } catch (ExecutionException | CancellationException e) {
        throw new IllegalStateException("a client of the load failed", e);
      }
    }
  }

  /** Ends the clients at once; what they have under way stays unresolved. */
  @Override
  public void close() {
    stopping = true;
    threads.interrupt();
    List.copyOf(underWay.values()).forEach(request -> request.cancel(true));
  }

  private void pay(int number) throws InterruptedException {
    Random random = new Random(config.seed() * 1_000_003 + number);
    for (int i = 0; !stopping; i++) {
      client.send(transfer(key(number, i), random), System.nanoTime());
    }
  }

  /**
   * Waits for no answer, so that shards without an owner take no load from the others. Only when so
   * many are under way as are due in {@link #MOST_SECONDS_UNDER_WAY} it sends none: a cluster that
   * is that far behind would not catch up, and whoever is not served leaves.
   */
  private void payAtRate(int ratePerSecond) throws InterruptedException {
    Random random = new Random(config.seed() * 1_000_003);
    long interval = Duration.ofSeconds(1).toNanos() / ratePerSecond;
    long due = System.nanoTime();
    for (int i = 0; !stopping; i++) {
      TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      due += interval;
      if (underWay.size() >= MOST_SECONDS_UNDER_WAY * ratePerSecond) {
        continue;
      }
      int number = i;
      CompletableFuture<PaymentClient.Told> request =
          client.sendAsync(transfer(key(0, number), random), due - interval);
      underWay.put(number, request);
      request.whenComplete((verdict, failure) -> underWay.remove(number));
    }
  }

  private IdempotencyKey key(int client, int number) {
    return new IdempotencyKey(config.run() + "-" + client + "-" + number);
  }

  private LoadRequest transfer(IdempotencyKey key, Random random) {
    int from = random.nextInt(config.accounts());
    int to = (from + 1 + random.nextInt(config.accounts() - 1)) % config.accounts();
    return LoadRequest.of(
        config.run(),
        TRANSFER,
        new Transfer.Request(
            config.account(from),
            config.account(to),
            1 + random.nextInt(LARGEST_AMOUNT),
            config.currency()),
        key);
  }
}
