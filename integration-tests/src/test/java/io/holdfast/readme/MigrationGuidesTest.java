package io.holdfast.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.Holdfast;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the guides show compiles, and their commands run. */
final class MigrationGuidesTest {

  private static Path guide(String from) {
    return Path.of("../docs/migration/from-" + from + ".md");
  }

  @Test
  void snippets_ofTheGuides_compile(@TempDir Path classes) throws IOException {
    for (String from : List.of("shedlock", "curator", "redisson")) {
      List<String> snippets = Snippets.blocks(guide(from), "java");
      assertThat(snippets).as(from).hasSizeGreaterThan(1);
      Snippets.requireCompiling(snippets, classes);
    }
  }

  @Test
  void commands_ofTheGuides_run() throws IOException {
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start()) {
      run("shedlock", "zookeeper://127.0.0.1:2181", zookeeper.uri("x"));
      run("curator", "zookeeper://127.0.0.1:2181", zookeeper.uri("x"));
    }
    try (EtcdCluster etcd = EtcdCluster.start(1)) {
      run("redisson", "etcd://127.0.0.1:2379", etcd.uri("x"));
    }
  }

  /** Those for the shell, with the address of a server that is there. */
  private static void run(String from, String shown, String uri) throws IOException {
    ClusterUri there = ClusterUri.parse(uri);
    String address = there.scheme() + "://" + String.join(",", there.hosts());
    List<String> commands =
        Snippets.blocks(guide(from), "sh").stream().flatMap(String::lines).toList();
    assertThat(commands).as(from).isNotEmpty();
    for (String command : commands) {
      assertThat(command).startsWith("./holdfast ").contains(shown);
      List<String> words = Arrays.asList(command.replace(shown, address).split(" +", -1));
      StringWriter told = new StringWriter();
      CommandLine line = Holdfast.commandLine();
      line.setOut(new PrintWriter(told));
      line.setErr(new PrintWriter(told));
      int exitCode = line.execute(words.subList(1, words.size()).toArray(new String[0]));
      assertThat(exitCode).as(command + "\n" + told).isZero();
    }
  }
}
