package io.holdfast.benchmarks.doors;

import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import io.holdfast.benchmarks.measure.Samples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Eureka's own server and clients in a process of their own, since what they need does not go
 * together with the rest. The process changes the same instances at both and says how long each
 * change took to be seen. It goes on while others are measured: mostly it waits.
 */
final class EurekaPeer implements AutoCloseable {

  private static final String MAIN = "io.holdfast.gateway.springtests.EurekaDelays";
  private static final String READY = "ready";
  private static final String SAMPLE = "sample";
  private static final int WORDS = 4;

  private final Process process;
  private final BufferedReader lines;

  /** Returns when all is registered and the changes begin. */
  EurekaPeer(String classPath, DoorFleet fleet, int instances) throws IOException {
    this.process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                MAIN,
                "http://bench:%s@127.0.0.1:%d/eureka"
                    .formatted(DoorFleet.TOKEN, fleet.gateway().port()),
                Integer.toString(instances))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    this.lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.equals(READY)) {
      line = lines.readLine();
    }
    if (line == null) {
      throw new IOException("Eureka's process ended before it was ready");
    }
  }

  /** Waits for the rest. */
  void report(Report report) throws IOException {
    Map<String, Map<String, Samples>> samples = new TreeMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ", -1);
      if (words.length == WORDS && words[0].equals(SAMPLE)) {
        samples
            .computeIfAbsent(words[1], none -> new TreeMap<>())
            .computeIfAbsent(words[2], none -> new Samples())
            .addNanos(Long.parseLong(words[3]));
      }
    }
    samples.forEach((what, sides) -> report(report, what.replace('_', ' '), sides));
  }

  private static void report(Report report, String what, Map<String, Samples> sides) {
    Samples ours = sides.getOrDefault("ours", new Samples());
    Samples theirs = sides.getOrDefault("theirs", new Samples());
    if (ours.size() == 0 || theirs.size() == 0) {
      report.say("not measured: " + what);
      return;
    }
    for (double part : new double[] {0.5, 0.99}) {
      double we = ours.percentile(part) / 1e3;
      double they = theirs.percentile(part) / 1e3;
      report.add(
          new Result(
              "status to " + what + (part == 0.5 ? ", median" : ", p99"),
              "zookeeper",
              "eureka server",
              we,
              they,
              "ms",
              they / we,
              1));
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
