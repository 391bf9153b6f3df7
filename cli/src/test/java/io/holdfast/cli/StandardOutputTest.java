package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A standard output that takes no more: the command ends, and not as if all had been said. */
@Timeout(180)
final class StandardOutputTest {

  private Path errors;

  @BeforeEach
  void keep(@TempDir Path folder) {
    errors = folder.resolve("errors");
  }

  private ProcessBuilder holdfast(String... args) {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--add-opens",
                "java.base/sun.nio.ch=ALL-UNNAMED",
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                Holdfast.class.getName()));
    line.addAll(List.of(args));
    return new ProcessBuilder(line).redirectError(errors.toFile());
  }

  @Test
  void servicesWatch_readerGoesAndNothingChanges_ends() throws Exception {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
        Coordinator coordinator = Coordinator.connect(server.uri("watch"));
        Registry registry = new Registry(coordinator)) {
      registry.register(ServiceInstance.http("billing", "b-1", "10.0.0.7", 8080));
      Process watching =
          holdfast("services", "watch", "billing", "--connect", server.uri("watch")).start();
      try (BufferedReader head =
          new BufferedReader(
              new InputStreamReader(watching.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(head.readLine()).as("what it says first").contains("b-1");
      }

      assertThat(watching.waitFor(60, TimeUnit.SECONDS)).as("it has ended").isTrue();
      assertThat(watching.exitValue()).isEqualTo(1);
      assertThat(Files.readString(errors)).contains("standard output takes no more");
    }
  }

  @Test
  void servicesWatch_toldToEnd_doesNotTellOfItsOwnParting() throws Exception {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
        Coordinator coordinator = Coordinator.connect(server.uri("watch"));
        Registry registry = new Registry(coordinator)) {
      registry.register(ServiceInstance.http("billing", "b-1", "10.0.0.7", 8080));
      Process watching =
          holdfast("services", "watch", "billing", "--connect", server.uri("watch")).start();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(watching.getInputStream(), StandardCharsets.UTF_8))) {
        String first = lines.readLine() + lines.readLine();
        assertThat(first).contains("b-1", "LIVE");
        // By its handle, which leaves its output open.
        watching.toHandle().destroy();
        assertThat(lines.readLine()).as("what it says last").isNull();
      }
      assertThat(watching.waitFor(60, TimeUnit.SECONDS)).as("it has ended").isTrue();
    }
  }

  @Test
  void anyCommand_fullStandardOutput_isNoSuccess() throws Exception {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "there is no /dev/full here");
    for (String[] command : new String[][] {{"--help"}, {"generate-completion"}, {"--version"}}) {
      assertThat(exitCode(holdfast(command).redirectOutput(full.toFile()))).isEqualTo(1);
      assertThat(Files.readString(errors)).contains("standard output takes no more");
    }
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start()) {
      assertThat(
              exitCode(
                  holdfast("locks", "list", "--connect", server.uri("full"))
                      .redirectOutput(full.toFile())))
          .isEqualTo(1);
    }
  }

  private static int exitCode(ProcessBuilder command) throws IOException, InterruptedException {
    Process process = command.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it has ended").isTrue();
    return process.exitValue();
  }
}
