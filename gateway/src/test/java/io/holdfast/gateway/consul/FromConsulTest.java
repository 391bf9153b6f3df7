package io.holdfast.gateway.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.Holdfast;
import io.holdfast.gateway.GatewayUnderTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The commands of the page for those who come from Consul. */
@Timeout(120)
final class FromConsulTest {

  private static final Path PAGE = Path.of("../docs/migration/from-consul.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sh\\n(.*?)^ *```");

  @Test
  void commands_ofThePage_work() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/curl")),
        "no curl here: the page for those who come from Consul is not tried");
    List<String> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(PAGE));
    while (block.find()) {
      blocks.add(block.group(1).replaceAll("(?m)^   ", ""));
    }
    assertThat(blocks).hasSizeGreaterThan(5);
    String start = blocks.remove(0).strip();
    assertThat(start).startsWith("./holdfast gateway ");
    String[] words = start.substring("./holdfast ".length()).split(" ");
    assertThat(Holdfast.commandLine().parseArgs(words).hasSubcommand()).isTrue();

    try (GatewayUnderTest gateway =
        new GatewayUnderTest("memory://from-consul-" + UUID.randomUUID() + "/test")) {
      for (String commands : blocks) {
        ProcessBuilder shell =
            new ProcessBuilder(
                "sh",
                "-eu",
                "-c",
                commands.replace("127.0.0.1:8500", "127.0.0.1:" + gateway.port()));
        shell.environment().put("TOKEN", GatewayUnderTest.TOKEN);
        Process run = shell.redirectErrorStream(true).start();
        String printed = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor()).as(commands + "\n" + printed).isZero();
      }
    }
  }
}
