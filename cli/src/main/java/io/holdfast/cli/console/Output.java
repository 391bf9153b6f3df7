package io.holdfast.cli.console;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The one way to standard output and standard error. What is printed has become {@link
 * TerminalText} first, and a standard output that takes no more ends the command.
 */
@Command
public final class Output {

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  /**
   * Prints one line.
   *
   * @throws OutputClosedException if standard output takes no more
   */
  public void line(String text) {
    lines(List.of(text));
  }

  /** Prints several. */
  void lines(List<String> texts) {
    PrintWriter out = out();
    texts.forEach(text -> out.println(TerminalText.line(text)));
    check(out);
  }

  /** Prints JSON, in which nothing but the ends of lines is to be escaped any more. */
  void json(String json) {
    PrintWriter out = out();
    out.println(json);
    check(out);
  }

  /** Says something on standard error, on one line. */
  public void errLine(String what) {
    errLine(commandLine().getErr(), what);
  }

  /** Likewise, for who has no command. */
  public static void errLine(PrintWriter err, String what) {
    err.println("holdfast: " + TerminalText.line(what));
    err.flush();
  }

  /**
   * Looks whether anybody reads standard output still, as far as that can be known without writing.
   *
   * @throws OutputClosedException if nobody does
   */
  void check() {
    check(out());
    if (StandardOutput.isBroken()) {
      throw new OutputClosedException();
    }
  }

  private static void check(PrintWriter out) {
    if (out.checkError()) {
      throw new OutputClosedException();
    }
  }

  private PrintWriter out() {
    return commandLine().getOut();
  }

  private picocli.CommandLine commandLine() {
    return Objects.requireNonNull(command, "picocli makes this").commandLine();
  }
}
