package io.holdfast.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.process.Command;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many classes of ours a process loads for its first uncontended acquire and release in a new
 * namespace: a measure of how many a reader has to pass. Lambdas are left out. Each bound is what
 * was measured, and only ever goes down.
 *
 * <p>Counted from the connection on, because what loads a class may be another thread, which is
 * early or late. In memory no reply is late, so there the call itself is counted as well.
 */
final class LoadedClassesTest {

  private static final Pattern LOADED =
      Pattern.compile("(?<=\\] )io\\.holdfast\\.\\S+(?= source: )");

  @TempDir private Path folder = Path.of("");

  @Test
  void acquire_uncontendedInMemory_loadsFewClasses() throws Exception {
    String output = run("memory://footprint/one");

    assertThat(loaded(output, OneAcquire.BEGINS)).hasSizeLessThanOrEqualTo(32);
    assertThat(loaded(output, OneAcquire.CONNECTED)).hasSizeLessThanOrEqualTo(60);
  }

  @Test
  void acquire_uncontendedInZooKeeper_loadsFewClasses() throws Exception {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start()) {
      assertThat(loaded(run(server.uri("footprint")), OneAcquire.CONNECTED))
          .hasSizeLessThanOrEqualTo(96);
    }
  }

  @Test
  void acquire_uncontendedInEtcd_loadsFewClasses() throws Exception {
    try (EtcdCluster server = EtcdCluster.start(1)) {
      assertThat(loaded(run(server.uri("footprint")), OneAcquire.CONNECTED))
          .hasSizeLessThanOrEqualTo(109);
    }
  }

  private String run(String cluster) throws Exception {
    return Command.run(
        folder,
        System.nanoTime() + Duration.ofSeconds(60).toNanos(),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+load:stdout",
            "-cp",
            System.getProperty("java.class.path"),
            OneAcquire.class.getName(),
            cluster));
  }

  private static List<String> loaded(String output, String since) {
    String between = output.substring(output.indexOf(since), output.indexOf(OneAcquire.ENDS));
    return LOADED
        .matcher(between)
        .results()
        .map(MatchResult::group)
        .filter(name -> !name.contains("$$Lambda"))
        .toList();
  }
}
