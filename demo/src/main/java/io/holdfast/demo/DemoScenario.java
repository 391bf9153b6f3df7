package io.holdfast.demo;

import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Teardown;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;

/**
 * The course of a demo: start a cluster, put the load of all scenarios on it, kill a node half-way,
 * see its shards taken over, start it again, restart the databases, and compare the answers that
 * the clients got with the ledger.
 */
final class DemoScenario {

  private static final Duration START_BOUND = Duration.ofSeconds(90);
  private static final Duration TAKEOVER_BOUND = Duration.ofMinutes(2);
  private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(6);

  /** Of what can be done. */
  private static final double MOST_LOAD = 0.6;

  /** So many transfers to one purchase, top-up or loan. */
  private static final int TRANSFERS_PER_FLOW = 20;

  private final DemoPlan plan;
  private final Output output;
  private final Teardown teardown;

  DemoScenario(DemoPlan plan, Output output, Teardown teardown) {
    this.plan = plan;
    this.output = output;
    this.teardown = teardown;
  }

  /**
   * What came of it.
   *
   * @param demo still running, until the teardown is closed
   */
  record Done(RunningDemo demo, DemoReport report) {}

  /**
   * Runs it.
   *
   * @throws IllegalStateException if something did not start, or ended by itself
   */
  Done run() throws IOException, InterruptedException, SQLException {
    RunningDemo demo = new DemoStart(plan, this::say, teardown).start();
    ShardPrinter shards = new ShardPrinter(demo, this::say);
    demo.awaitAllOwned(START_BOUND);
    demo.awaitEvenlyOwned(START_BOUND);
    say("%d shards (in production 256), each under a lock of its own:", plan.shards());
    shards.all();
    int rate = warmUp(demo);
    long warmedUp = demo.load().report().acknowledged();
    say("%d transfers a second for %d s;", rate, plan.load().toSeconds());
    say("  besides, a few purchases, card top-ups and loans a second");
    long begun = System.nanoTime();
    demo.load().start(rate);
    demo.scenarios().start(Math.max(1, rate / TRANSFERS_PER_FLOW));
    ProgressLog progress = new ProgressLog(demo, this::say, begun);
    progress.until(plan.load().dividedBy(2));
    NodeKill.Takeover takeover = new NodeKill(demo, this::say).run(progress);
    progress.until(plan.load().multipliedBy(3).dividedBy(4));
    long restart = new DatabaseRestart(demo, this::say).run(progress);
    progress.until(plan.load());
    demo.load().stop();
    double seconds = (System.nanoTime() - begun) / 1e9;
    demo.scenarios().stop();
    demo.awaitAllOwned(TAKEOVER_BOUND);
    say("load over; at the end:");
    shards.all();
    DemoSummary summary = new DemoSummary(demo, this::say);
    return new Done(demo, summary.report(takeover, restart, warmedUp, seconds));
  }

  /** Returns how many transfers a second to ask for. */
  private int warmUp(RunningDemo demo) throws InterruptedException {
    demo.load().openAccounts();
    demo.scenarios().open();
    Duration third = plan.load().dividedBy(3);
    Duration warmUp = third.compareTo(LONGEST_WARM_UP) < 0 ? third : LONGEST_WARM_UP;
    say("%d accounts opened; warming up for %d s", DemoStart.ACCOUNTS, warmUp.toSeconds());
    return rate(demo.load().warmUp(warmUp));
  }

  /** As planned, unless that is near to all that this machine can do: a queue would only grow. */
  private int rate(long possible) {
    long most = Math.max(1, Math.round(possible * MOST_LOAD));
    if (plan.ratePerSecond() <= most) {
      return plan.ratePerSecond();
    }
    say("this machine does about %d transfers a second at the moment", possible);
    return (int) most;
  }

  private void say(String format, Object... arguments) {
    output.line(String.format(Locale.ROOT, format, arguments));
  }
}
