package io.holdfast.chaos;

import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.fault.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which faults each store has met, kept in a file for tests that come later. For many threads. */
public final class InjectedFaults {

  private static final String FILE = "injected.txt";

  private InjectedFaults() {}

  /** Adds those that were seen to have an effect to the file in a folder. */
  public static synchronized void note(Path folder, Store store, List<FaultOutcome> faultOutcomes)
      throws IOException {
    StringBuilder lines = new StringBuilder();
    faultOutcomes.stream()
        .filter(FaultOutcome::bitten)
        .forEach(
            faultOutcome ->
                lines.append("%s %s %s%n".formatted(Instant.now(), store, faultOutcome.fault())));
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve(FILE), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** The faults that a store has met since then, by the file in a folder. */
  public static Set<String> since(Path folder, Instant begun, Store store) throws IOException {
    Path file = folder.resolve(FILE);
    Set<String> faults = new TreeSet<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.split(" ", -1);
        if (words[1].equals(store.toString()) && !Instant.parse(words[0]).isBefore(begun)) {
          faults.add(words[2]);
        }
      }
    }
    return faults;
  }
}
