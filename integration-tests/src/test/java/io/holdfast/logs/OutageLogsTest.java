package io.holdfast.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.SessionState;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.contract.LogCapture;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.process.ServerGroup;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The lines of an outage in which a session is lost, of our own loggers and of the libraries below.
 * How many a long one has is {@code OutageLogTest}'s to count, on virtual time.
 */
@Timeout(120)
@Isolated("counts what the whole process logs")
final class OutageLogsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(2))
          .withConnectTimeout(Duration.ofSeconds(2))
          .withRequestTimeout(Duration.ofSeconds(1));
  private static final Pattern RECOMMENDED =
      Pattern.compile("^ {4}([a-z.]+) +([A-Z]+)\\b", Pattern.MULTILINE);

  /** By logger, as the page on logging has them. */
  private static Map<String, Level> recommended() throws IOException {
    Map<String, Level> levels = new TreeMap<>(Comparator.reverseOrder());
    Matcher lines = RECOMMENDED.matcher(Files.readString(Path.of("../docs/logging.md")));
    while (lines.find()) {
      levels.put(lines.group(1), Level.toLevel(lines.group(2)));
    }
    assertThat(levels).containsKeys("io.holdfast", "org.apache.zookeeper");
    return levels;
  }

  private static boolean isShown(ILoggingEvent event, Map<String, Level> levels) {
    return levels.entrySet().stream()
        .filter(level -> event.getLoggerName().startsWith(level.getKey()))
        .findFirst()
        .map(level -> event.getLevel().isGreaterOrEqual(level.getValue()))
        .orElseGet(() -> event.getLevel().isGreaterOrEqual(Level.WARN));
  }

  @Test
  void outage_onZooKeeper_isThreeLines() throws Exception {
    try (ZooKeeperCluster servers = ZooKeeperCluster.start(1)) {
      LogCapture log = outage(servers, servers.uri("logs"));
      // What its client says of each attempt only its level can hold back.
      assertThat(log.events("org.apache.zookeeper", Level.ERROR)).isEmpty();
    }
  }

  @Test
  void outage_onEtcd_isThreeLines() throws Exception {
    try (EtcdCluster servers = EtcdCluster.start(1)) {
      outage(servers, servers.uri("logs"));
    }
  }

  private static LogCapture outage(ServerGroup servers, String uri) throws Exception {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Coordinator coordinator = Coordinator.connect(uri, OPTIONS);
    LogCapture log = new LogCapture();
    try (log) {
      try (coordinator;
          Registry registry = new Registry(coordinator);
          ServiceView view = registry.view("billing")) {
        Registration registration =
            registry.register(ServiceInstance.http("billing", "b-1", "10.0.0.7", 80));
        assertThat(view.awaitInstances(1, PATIENCE)).isPresent();
        LockGrant grant = new Locks(coordinator).lock("nightly").exclusive().acquire();
        servers.kill(0);
        await().atMost(PATIENCE).until(() -> !grant.isHeld());
        await().atMost(PATIENCE).until(() -> attempts(log) > 1);
        servers.startAgain(0);
        servers.awaitServing();
        await()
            .atMost(PATIENCE)
            .until(() -> registration.isPublished() && view.snapshot().isCurrent());
        assertThat(coordinator.current().orElseThrow().state()).isEqualTo(SessionState.ACTIVE);
        grant.close();
      }
    }
    expectFewLines(log);
    return log;
  }

  private static long attempts(LogCapture log) {
    return log.messages("io.holdfast", Level.DEBUG).stream()
        .filter(line -> line.startsWith("no session with"))
        .count();
  }

  private static void expectFewLines(LogCapture log) throws IOException {
    List<String> warnings =
        log.events("io.holdfast", Level.WARN).stream()
            // That this machine is slow is told, too.
            .filter(event -> !event.getLoggerName().endsWith(".Watchdog"))
            .map(ILoggingEvent::getFormattedMessage)
            .toList();
    assertThat(warnings).hasSize(3);
    assertThat(warnings.get(0)).startsWith("no answer from ");
    assertThat(warnings.get(1)).startsWith("lock nightly with token ").contains("is lost after");
    assertThat(warnings.get(2)).matches("session .* is open after .*, in which session .* was.*");
    assertThat(log.messages("io.holdfast", Level.INFO))
        .hasSizeLessThan(12)
        .noneMatch(line -> line.contains("STALE") || line.contains("is LOST"))
        .noneMatch(line -> line.matches("(?s).*\\bPT[0-9].*"));
    for (String library : List.of("org.apache.curator", "io.etcd", "io.grpc", "io.vertx")) {
      assertThat(log.messages(library, Level.WARN)).as(library).isEmpty();
    }
    Map<String, Level> levels = recommended();
    assertThat(log.events("", Level.TRACE))
        .filteredOn(event -> isShown(event, levels))
        .allMatch(event -> event.getLoggerName().startsWith("io.holdfast"));
  }
}
