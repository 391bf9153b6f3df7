package io.holdfast.payment.load;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.audit.ClientJournal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Clients that buy, top up by card, and borrow, beside a {@link LoadGenerator} and out of its
 * accounts, a few times a second. Every request is in the journal before it is sent.
 *
 * <p>Call {@link #open}, {@link #start} and {@link #stop}, in this order, once each.
 */
public final class ScenarioLoad implements AutoCloseable {

  private static final int CLIENTS = 2;

  private static final int FEE_BASIS_POINTS = 140;
  private static final long FEE_FIXED = 10;

  private final LoadConfig config;
  private final ScenarioFlows flows;
  private final LoadAccounts merchants;
  private final LoadThreads threads = new LoadThreads();
  private final Map<String, Scenario> scenarios = new LinkedHashMap<>();

  private volatile boolean stopping;

  private record Scenario(ScenarioFlows.Steps steps, LoadRecord record, PaymentClient client) {}

  /**
   * A load that is not running yet.
   *
   * @param config of the load beside which this runs
   * @param target to send to
   * @param journal of that load
   */
  public ScenarioLoad(LoadConfig config, LoadTarget target, ClientJournal journal) {
    this.config = config;
    flows = new ScenarioFlows(config);
    flows.callers().forEach(journal::knowsAllOf);
    Map<String, ScenarioFlows.Steps> all = new LinkedHashMap<>();
    all.put(ScenarioFlows.PURCHASES, flows::purchase);
    all.put(ScenarioFlows.TOP_UPS, flows::topUp);
    all.put(ScenarioFlows.LOANS, flows::loan);
    all.forEach(
        (name, steps) -> {
          LoadRecord record = new LoadRecord();
          PaymentClient client = new PaymentClient(target, journal, record, config.patience());
          scenarios.put(name, new Scenario(steps, record, client));
        });
    merchants =
        new LoadAccounts(
            Objects.requireNonNull(scenarios.get(ScenarioFlows.PURCHASES)).client(),
            new LoadCallers(config.run()).shop(),
            config.currency(),
            target.map());
  }

  /**
   * Opens the merchants' accounts. The load's own must be open, too, before {@link #start}.
   *
   * @throws IllegalStateException if one could not be opened
   */
  public void open() throws InterruptedException {
    for (String merchant : flows.merchants()) {
      if (!merchants.openMerchant(new AccountId(merchant), FEE_BASIS_POINTS, FEE_FIXED)) {
        throw new IllegalStateException("the account of " + merchant + " could not be opened");
      }
    }
  }

  /**
   * Lets the clients go through their scenarios until {@link #stop}. Returns at once.
   *
   * @param perSecond how many ways through a scenario begin in a second, of all together, as long
   *     as the ways before them have ended
   */
  public void start(int perSecond) {
    Duration pace =
        Duration.ofSeconds(1).multipliedBy((long) CLIENTS * scenarios.size()).dividedBy(perSecond);
    scenarios.forEach(
        (name, scenario) ->
            threads.run(
                name, CLIENTS, number -> go(name.replace(' ', '-') + number, scenario, pace)));
  }

  private void go(String name, Scenario scenario, Duration pace) throws InterruptedException {
    Random random = new Random(config.seed() * 1_000_003 + name.hashCode());
    long due = System.nanoTime();
    for (int i = 0; !stopping; i++) {
      TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      try {
        scenario
            .steps()
            .take(new Flow(scenario.client(), config.run() + "-" + name + "-" + i), random);
      } catch (Flow.EndedException refusedOrUnresolved) {
        // It is counted, and there is a next one.
      }
      // What was held up is not made up for.
      long now = System.nanoTime();
      due = due + pace.toNanos() - now > 0 ? due + pace.toNanos() : now;
    }
  }

  /** The numbers so far, by scenario; opened accounts are with the purchases. */
  public Map<String, LoadReport> reports() {
    Map<String, LoadReport> reports = new LinkedHashMap<>();
    scenarios.forEach((name, scenario) -> reports.put(name, scenario.record().report()));
    return reports;
  }

  /** Lets every flow come to its end. */
  public void stop() throws InterruptedException {
    stopping = true;
    threads.join();
  }

  /** Ends the clients at once; what they have under way stays unresolved. */
  @Override
  public void close() {
    stopping = true;
    threads.interrupt();
  }
}
