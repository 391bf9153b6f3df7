package io.holdfast.gateway.eureka;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.Holdfast;
import io.holdfast.coordination.Coordinator;
import io.holdfast.gateway.Gateway;
import io.holdfast.gateway.GatewayOptions;
import io.holdfast.gateway.WriteAccess;
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
import org.junit.jupiter.api.io.TempDir;

/** The commands of the page for those who come from Eureka. */
@Timeout(120)
class FromEurekaTest {

  private static final Path PAGE = Path.of("../docs/migration/from-eureka.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sh\\n(.*?)^ *```");
  private static final String TOKEN = "a-token-of-twenty-characters";

  @Test
  void commands_ofThePage_work(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/curl")),
        "no curl here: the page for those who come from Eureka is not tried");
    List<String> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(PAGE));
    while (block.find()) {
      blocks.add(block.group(1).replaceAll("(?m)^   ", ""));
    }
    assertThat(blocks).hasSizeGreaterThan(5);
    String start = blocks.remove(0).strip();
    assertThat(start).startsWith("./holdfast gateway ");
    String[] words = start.substring("./holdfast ".length()).split(" ", -1);
    assertThat(Holdfast.commandLine().parseArgs(words).unmatched()).isEmpty();

    Path tokens = Files.writeString(folder.resolve("tokens"), "me " + TOKEN + "\n");
    try (Coordinator coordinator =
            Coordinator.connect("memory://from-eureka-" + UUID.randomUUID() + "/test");
        Gateway gateway =
            Gateway.start(
                coordinator,
                GatewayOptions.loopback(0),
                WriteAccess.read(tokens),
                parts -> List.of(new EurekaDoor(parts)))) {
      for (String commands : blocks) {
        run(commands.replace("127.0.0.1:8761", "127.0.0.1:" + gateway.port()));
      }
    }
  }

  private static void run(String commands) throws Exception {
    ProcessBuilder shell = new ProcessBuilder("sh", "-eu", "-c", commands);
    shell.environment().put("TOKEN", TOKEN);
    Process process = shell.redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(commands + "\n" + printed).isZero();
  }
}
