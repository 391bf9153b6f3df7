package io.holdfast.chaos.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The names that a network namespace knows: {@code ip netns exec} shows its processes this file in
 * the place of {@code /etc/hosts}. It is written in place, as it is the file itself that is shown.
 */
final class HostNames implements AutoCloseable {

  private static final Path PARENT = Path.of("/etc/netns");

  private final Path folder;

  /** Of a namespace; nothing has been started in it yet. */
  HostNames(String namespace) {
    this.folder = PARENT.resolve(namespace);
  }

  /** True if this process may write there. */
  static boolean isPossible() {
    return Files.isWritable(Files.exists(PARENT) ? PARENT : PARENT.getParent());
  }

  /** From now on these names, and no others but localhost, lead to these addresses. */
  void lead(Map<String, String> addresses) {
    String lines =
        addresses.entrySet().stream()
            .map(name -> name.getValue() + " " + name.getKey() + "\n")
            .collect(Collectors.joining("", "127.0.0.1 localhost\n", ""));
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("hosts"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot name hosts", e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(folder.resolve("hosts"));
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot forget the names of hosts", e);
    }
  }
}
