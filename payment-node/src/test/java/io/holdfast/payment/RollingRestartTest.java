package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadGenerator;
import io.holdfast.payment.load.LoadReport;
import io.holdfast.payment.load.LoadTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All nodes are replaced, one after the other, and every request has its answer. Attempts that a
 * client makes again count in the log line, and not as failures.
 *
 * <p>The load is open, and a small part of what this machine can do: one that cannot keep up fails
 * requests by their patience whether nodes are restarted or not.
 */
class RollingRestartTest {

  private static final Logger LOG = LoggerFactory.getLogger(RollingRestartTest.class);

  /** Payments between one restart and the next. */
  private static final int MORE = 30;

  /** A second. */
  private static final int MOST = 30;

  @Test
  void restart_everyNodeInTurn_everyRequestIsAnsweredOnce() throws Exception {
    try (TestCluster cluster = new TestCluster()) {
      List<PaymentNode> nodes = new ArrayList<>();
      for (String id : List.of("node-a", "node-b", "node-c")) {
        nodes.add(cluster.start(id));
      }
      cluster.awaitOwned(nodes.toArray(PaymentNode[]::new));
      LoadConfig config = LoadConfig.of("run").withSize(4, 24);
      try (LoadGenerator load =
          new LoadGenerator(
              config, LoadTarget.open(cluster.directory().nodes(), TestCluster.MAP))) {
        load.openAccounts();
        long possible = load.warmUp(Duration.ofSeconds(2));
        load.start((int) Math.max(5, Math.min(MOST, possible / 4)));
        awaitMore(load);

        for (PaymentNode node : List.copyOf(nodes)) {
          node.close();
          nodes.remove(node);
          nodes.add(cluster.start(node.id()));
          cluster.awaitOwned(nodes.toArray(PaymentNode[]::new));
          awaitMore(load);
        }

        load.stop();
        LoadReport report = load.report();
        LOG.info("rolling restart, {} a second possible: {}", possible, report);
        Findings findings = cluster.audit(load.journal());
        assertThat(findings.isClean()).as("%s", findings.lines()).isTrue();
        assertThat(report.unresolved()).as("requests given up").isZero();
        assertThat(report.acknowledged()).isGreaterThan(4L * MORE);
      }
    }
  }

  private static void awaitMore(LoadGenerator load) {
    long goal = load.report().acknowledged() + MORE;
    await().atMost(TestCluster.LIMIT).until(() -> load.report().acknowledged() >= goal);
  }
}
