package io.holdfast.cli.console;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The only way to standard output and standard error. It makes {@link TerminalText} of everything.
 * When standard output takes no more, the command ends.
 */
@Command
public final class Output {

  /** So that it stays on one line of a terminal. */
  private static final int LONGEST_STATUS = 79;

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

  /** Prints JSON, which is escaped already. */
  void json(String json) {
    PrintWriter out = out();
    out.println(json);
    check(out);
  }

  /**
   * Shows on a terminal how far the command is, in place of what it showed before; an empty text
   * takes it away. Callers take it away before they print a line.
   *
   * @return false if there is no terminal, and nothing was shown
   */
  public boolean status(String text) {
    if (!StandardOutput.isTerminal()) {
      return false;
    }
    String line = TerminalText.line(text);
    PrintWriter err = commandLine().getErr();
    err.print("\r" + line.substring(0, Math.min(line.length(), LONGEST_STATUS)) + "\u001b[K");
    err.flush();
    return true;
  }

  /** Prints one line on standard error. */
  public void errLine(String text) {
    errLine(commandLine().getErr(), text);
  }

  /** Prints one line on standard error, where there is no command. */
  public static void errLine(PrintWriter err, String text) {
    err.println("holdfast: " + TerminalText.line(text));
    err.flush();
  }

  /**
   * Checks that standard output still has a reader, as far as that can be known without writing.
   *
   * @throws OutputClosedException if it has none
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
