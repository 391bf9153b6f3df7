package io.holdfast.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The command as it is given away: unpacked in a folder of its own, on a runtime without a
 * compiler.
 */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
final class DistributionTest {

  @TempDir private static Path folder;
  private static Path home;

  @BeforeAll
  static void unpack() throws Exception {
    Path archive;
    try (Stream<Path> files = Files.list(Path.of("..", "demo", "target"))) {
      archive = files.filter(f -> f.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
    run(List.of("tar", "xzf", archive.toString(), "-C", folder.toString()));
    try (Stream<Path> files = Files.list(folder)) {
      home = files.filter(f -> Files.isDirectory(f)).findFirst().orElseThrow();
    }
    run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
            "--add-modules",
            "java.se,jdk.unsupported,jdk.zipfs,jdk.crypto.ec,jdk.security.auth",
            "--output",
            folder.resolve("jre").toString()));
  }

  @Test
  void archive_isUnpacked_bringsWhatTheLicenceAsksFor() {
    assertThat(home.resolve("LICENSE")).isNotEmptyFile();
    assertThat(home.resolve("NOTICE")).isNotEmptyFile();
  }

  @Test
  void command_onABareRuntime_asksARealCluster() throws Exception {
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(1)) {
      String uri = cluster.uri("distribution");

      // The second one runs while the first holds the lock.
      String list = home.resolve("bin/holdfast") + " locks list --connect " + uri;
      assertThat(holdfast("locks", "exec", "report", "--connect", uri, "--", "/bin/sh", "-c", list))
          .contains("report");
    }
  }

  /** What the command asks of its runtime for that is in the archive's manifest. */
  @Test
  void watch_readerGoes_endsThoughNothingChanges() throws Exception {
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(1)) {
      String watch =
          "%s services watch billing --connect %s"
              .formatted(home.resolve("bin/holdfast"), cluster.uri("distribution"));

      assertThat(run(List.of("sh", "-c", "{ " + watch + "; echo exit $? >&2; } | head -n 1")))
          .contains("LIVE", "standard output takes no more", "exit 1");
    }
  }

  @Test
  void command_argumentThatTheLocaleCannotRead_isWrongUsage() throws Exception {
    String show =
        " locks show \"$(printf '\\350\\256\\242')\" --timeout 1 --connect"
            + " zookeeper://127.0.0.1:1/x";
    String holdfast = home.resolve("bin/holdfast").toString();

    assertThat(run(List.of("sh", "-c", "LC_ALL=C " + holdfast + show + "; echo exit $?")))
        .contains("LC_ALL=C.UTF-8", "exit 2");
    assertThat(
            run(
                List.of(
                    "env",
                    "-u",
                    "LC_ALL",
                    "-u",
                    "LC_CTYPE",
                    "-u",
                    "LANG",
                    "sh",
                    "-c",
                    holdfast + show + "; echo exit $?")))
        .contains("exit 3");
  }

  @Test
  void command_driverMissing_looksBesideItsJar() throws Exception {
    String list =
        home.resolve("bin/holdfast")
            + " sagas list --database jdbc:other://db1/accounts; echo exit $?";

    assertThat(run(List.of("sh", "-c", list)))
        .contains("no driver for jdbc:other: (looked in " + home.toRealPath().resolve("drivers"));
  }

  @Test
  void command_everyPart_isThere() throws Exception {
    assertThat(holdfast("help")).containsSubsequence("\n  demo ", "\n  chaos ", "\n  locks ");
  }

  @Test
  void command_closedStandardOutput_isNoSuccess() throws Exception {
    String version = home.resolve("bin/holdfast") + " --version >&-; echo exit $?";

    assertThat(run(List.of("sh", "-c", version)))
        .contains("standard output takes no more", "exit 1");
  }

  @Test
  void command_throughALink_findsItsLibraries() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("holdfast"), home.resolve("bin/holdfast"));

    assertThat(run(List.of(link.toString(), "--version"))).startsWith("holdfast ");
  }

  private static String holdfast(String... arguments) throws Exception {
    return run(
        Stream.concat(Stream.of(home.resolve("bin/holdfast").toString()), Stream.of(arguments))
            .toList());
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Path runtime = folder.resolve("jre");
    if (Files.exists(runtime)) {
      builder.environment().put("JAVA_HOME", runtime.toString());
    }
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process = builder.redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command.toString()).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }
}
