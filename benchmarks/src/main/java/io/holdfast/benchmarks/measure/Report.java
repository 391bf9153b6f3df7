package io.holdfast.benchmarks.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured so far: printed as it comes, and kept for a file. For one thread. */
public final class Report {

  private final PrintWriter out;
  private final List<Result> results = new ArrayList<>();
  private final Map<String, List<Object>> others = new LinkedHashMap<>();

  /** Prints to {@code out}, which its user closes. */
  public Report(PrintWriter out) {
    this.out = out;
  }

  /** Keeps a result and prints it. */
  public void add(Result result) {
    keep(result);
    say(
        String.format(
            Locale.ROOT,
            "%-10s %-66s ours %8.1f %s, %s %8.1f %s, ratio %.2f%s",
            result.backend(),
            result.name(),
            result.ours(),
            result.unit(),
            result.peer(),
            result.theirs(),
            result.unit(),
            result.ratio(),
            verdict(result)));
  }

  private static String verdict(Result result) {
    return result.target() == 0
        ? ""
        : String.format(
            Locale.ROOT, " (target %.2f: %s)", result.target(), result.met() ? "met" : "MISSED");
  }

  /** Keeps a result that is printed in another way. */
  public void keep(Result result) {
    results.add(result);
  }

  /** Keeps something else, under a name that it may share with others. */
  public void keep(String name, Object value) {
    others.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
  }

  /** Prints a line. */
  public void say(String line) {
    out.println(line);
    out.flush();
  }

  /** What was kept. */
  public List<Result> results() {
    return List.copyOf(results);
  }

  /** Prints how many targets were met, and which were not. */
  public void conclude() {
    List<Result> wanted = results.stream().filter(result -> result.target() != 0).toList();
    List<Result> missed = wanted.stream().filter(result -> !result.met()).toList();
    say("%d of %d targets met".formatted(wanted.size() - missed.size(), wanted.size()));
    for (Result result : missed) {
      say("missed: %s, %s, beside %s".formatted(result.backend(), result.name(), result.peer()));
    }
  }

  /** Writes all that was kept as JSON. */
  public void write(Path file, String machine) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("machine", machine);
    all.put("results", results);
    all.putAll(others);
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all);
  }
}
