package samples;

import io.holdfast.cli.Holdfast;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** The commands of {@code operating.md}, by task. */
record Page(String text, String cluster) {

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  static Page of(String cluster) throws IOException {
    return new Page(Files.readString(Path.of("operating.md")), cluster);
  }

  /** What a command has come to. */
  record Ran(String command, int exitCode, String out, String err) {

    @Override
    public String toString() {
      return command + " -> " + exitCode + "\n" + out + err;
    }
  }

  List<String> commands(int task) {
    int from = text.indexOf("\n## " + task + ". ");
    int to = text.indexOf("\n## ", from + 1);
    return text.substring(from, to < 0 ? text.length() : to)
        .lines()
        .filter(line -> line.startsWith("    holdfast "))
        .map(String::strip)
        .toList();
  }

  /** Runs the nth command of a task, in this process; counted from 1. */
  Ran run(int task, int nth, Map<String, String> values, String... more) {
    List<String> words = new ArrayList<>();
    String line = commands(task).get(nth - 1);
    Matcher found = WORD.matcher(line);
    while (found.find()) {
      String word = found.group(1) == null ? found.group(2) : found.group(1);
      words.add(word.startsWith("$") ? values.get(word.substring(1)) : word);
    }
    words.remove(0);
    words.addAll(List.of("--connect", cluster));
    words.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine holdfast = Holdfast.commandLine();
    holdfast.setOut(new PrintWriter(out));
    holdfast.setErr(new PrintWriter(err));
    int exitCode = holdfast.execute(words.toArray(String[]::new));
    return new Ran(line, exitCode, out.toString(), err.toString());
  }
}
