package io.holdfast.readme;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReadmeTest {

  private static final Path README = Path.of("../README.md");
  private static final Path PROGRAM = Path.of("src/test/java/io/holdfast/readme/FirstSteps.java");

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
  void snippet_inTheReadme_isTheProgramWithItsImports() throws IOException {
    String program = Files.readString(PROGRAM);
    String body =
        program.substring(
            program.indexOf("// snippet\n") + "// snippet\n".length(),
            program.lastIndexOf("    // end"));
    String imports = program.lines().filter(Snippets::isImport).collect(joining("\n"));

    assertThat(Files.readString(README))
        .contains("```java\n" + imports + "\n\n" + body.stripTrailing().stripIndent() + "\n```");
  }

  @Test
  void snippets_compileWithTheirImports(@TempDir Path classes) throws IOException {
    List<String> snippets = blocks("java");
    assertThat(snippets).hasSizeGreaterThan(5);
    Snippets.requireCompiling(snippets, classes);
  }

  private static List<String> blocks(String language) throws IOException {
    return Snippets.blocks(README, language);
  }

  /** What it names is there: the version is ours, each artifact in the BOM. */
  @Test
  void dependencies_inTheReadme_areThoseOfTheBuild() throws IOException {
    String block = blocks("xml").get(0);
    String bom = Files.readString(Path.of("../bom/pom.xml"));
    String version = first("<version>([^<]+)</version>", bom);

    assertThat(all("<version>([^<]+)</version>", block)).containsExactly(version);
    assertThat(Files.readString(README)).contains("the version `" + version + "`");
    assertThat(all("<groupId>([^<]+)</groupId>", block)).containsOnly("io.holdfast");
    assertThat(bom).contains("<artifactId>holdfast-bom</artifactId>");
    for (String artifact : all("<artifactId>([^<]+)</artifactId>", block)) {
      assertThat(bom).contains("<artifactId>" + artifact + "</artifactId>");
    }
  }

  /** What it names is enough for the first program and for the test. */
  @Test
  void dependencies_inTheReadme_haveWhatIsImported() throws IOException {
    List<Path> modules = new ArrayList<>();
    all("<artifactId>([^<]+)</artifactId>", blocks("xml").get(0)).stream()
        .filter(artifact -> !artifact.equals("holdfast-bom"))
        .forEach(artifact -> addWithDependencies(artifact, modules));
    String ours = blocks("java").get(0) + blocks("java").get(1);
    for (String imported : all("(?m)^import (io\\.holdfast\\.[^;]+);", ours)) {
      String file = "src/main/java/" + imported.replace('.', '/') + ".java";
      assertThat(modules).as(imported).anyMatch(module -> Files.exists(module.resolve(file)));
    }
  }

  private static void addWithDependencies(String artifact, List<Path> modules) {
    Path module = Path.of("..", artifact);
    if (modules.contains(module)) {
      return;
    }
    modules.add(module);
    try {
      String pom = Files.readString(module.resolve("pom.xml"));
      for (String dependency :
          all("<groupId>io.holdfast</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*</dep", pom)) {
        addWithDependencies(dependency, modules);
      }
    } catch (IOException e) {
      throw new AssertionError("no such module: " + artifact, e);
    }
  }

  private static String first(String pattern, String text) {
    return all(pattern, text).get(0);
  }

  private static List<String> all(String pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
