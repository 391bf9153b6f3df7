package io.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.Holdfast;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What {@code holdfast} gains by this module. */
final class DemoCommandsTest {

  private final StringWriter out = new StringWriter();

  private int run(String... arguments) {
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(new StringWriter()));
    return commandLine.execute(arguments);
  }

  @Test
  void help_listsThemBeforeTheOthers() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).containsSubsequence("\n  demo ", "\n  chaos ", "\n  locks ");
    assertThat(run("help", "demo")).isZero();
    assertThat(out.toString()).contains("--seconds=N");
  }

  @Test
  void completion_knowsThem() {
    assertThat(run("generate-completion")).isZero();
    assertThat(out.toString()).contains("demo", "chaos", "locks", "--seconds");
  }

  @Test
  void demo_wrongOption_isExitCode2() {
    assertThat(run("demo", "--seconds", "1")).isEqualTo(2);
    assertThat(run("demo", "--json", "/no/such/folder/x.json")).isEqualTo(2);
  }
}
