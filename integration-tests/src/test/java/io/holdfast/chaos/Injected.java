package io.holdfast.chaos;

import io.holdfast.testkit.fault.Injury;
import io.holdfast.testkit.fault.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which faults each store has met, kept in a file from one test class to the next. */
final class Injected {

  private static final Path FILE = Path.of("target", "chaos", "injected.txt");

  private Injected() {}

  /** Adds those that were seen to have an effect. */
  static synchronized void note(Store store, List<Injury> injuries) throws IOException {
    StringBuilder lines = new StringBuilder();
    injuries.stream()
        .filter(Injury::bitten)
        .forEach(
            injury -> lines.append("%s %s %s%n".formatted(Instant.now(), store, injury.fault())));
    Files.createDirectories(FILE.getParent());
    Files.writeString(FILE, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** The faults that a store has met since then. */
  static Set<String> since(Instant begun, Store store) throws IOException {
    Set<String> faults = new TreeSet<>();
    if (Files.exists(FILE)) {
      for (String line : Files.readAllLines(FILE)) {
        String[] words = line.split(" ", -1);
        if (words[1].equals(store.toString()) && !Instant.parse(words[0]).isBefore(begun)) {
          faults.add(words[2]);
        }
      }
    }
    return faults;
  }
}
