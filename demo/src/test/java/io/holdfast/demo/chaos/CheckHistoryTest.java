package io.holdfast.demo.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.cli.Holdfast;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CheckHistoryTest {

  private static final String READ =
      """
      {"history":1,"about":{}}
      {"type":"invoke","id":"1","nanos":1,"process":"p","key":"register/a","action":"read"}
      {"type":"ok","id":"1","nanos":2,"values":{"value":"%s"}}
      """;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int check(Path folder, String history, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("history.jsonl"), history);
    return run("chaos", "check", file.toString(), more.length == 0 ? "--output=table" : more[0]);
  }

  private int run(String... arguments) {
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  @Test
  void check_historyThatCanBe_isExitCode0(@TempDir Path folder) throws IOException {
    assertThat(check(folder, READ.formatted("0"))).isZero();
    assertThat(out.toString()).contains("register/a", "valid");
    assertThat(err.toString()).contains("VALID: 1 operations of 1 keys");
  }

  @Test
  void check_historyThatCannotBe_isExitCode1AndSaysWhy(@TempDir Path folder) throws IOException {
    assertThat(check(folder, READ.formatted("9"), "--output=json")).isEqualTo(1);
    JsonNode row = new ObjectMapper().readTree(out.toString()).get(0);
    assertThat(row.path("key").asText()).isEqualTo("register/a");
    assertThat(row.path("verdict").asText()).isEqualTo("invalid");
    assertThat(row.path("why").asText()).contains("value=9");
  }

  @Test
  void check_noHistory_isExitCode2_andNoFile4(@TempDir Path folder) throws IOException {
    assertThat(check(folder, "nonsense")).isEqualTo(2);
    assertThat(err.toString()).contains("history.jsonl: line 1 is not JSON").hasLineCount(1);
    assertThat(run("chaos", "check", folder.resolve("absent").toString())).isEqualTo(4);
  }
}
