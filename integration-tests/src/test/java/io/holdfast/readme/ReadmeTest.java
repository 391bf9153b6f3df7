package io.holdfast.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ReadmeTest {

  @Test
  void snippet_onZooKeeper_runs() throws InterruptedException {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start()) {
      assertThat(FirstSteps.run(server.uri("readme"))).isEqualTo("10.0.0.7:8080");
    }
  }

  @Test
  void snippet_onEtcd_runs() throws InterruptedException {
    try (EtcdCluster server = EtcdCluster.start(1)) {
      assertThat(FirstSteps.run(server.uri("readme"))).isEqualTo("10.0.0.7:8080");
    }
  }

  @Test
  void snippet_inTheReadme_isTheProgram() throws IOException {
    String program = Files.readString(Path.of("src/test/java/io/holdfast/readme/FirstSteps.java"));
    String body =
        program.substring(
            program.indexOf("// snippet\n") + "// snippet\n".length(),
            program.lastIndexOf("    // end"));

    assertThat(Files.readString(Path.of("../README.md")))
        .contains(body.stripTrailing().stripIndent());
  }
}
