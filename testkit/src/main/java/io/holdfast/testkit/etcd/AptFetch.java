package io.holdfast.testkit.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Takes etcd out of the distribution's packages without installing them and without root: apt works
 * on folders of its own, {@code dpkg -x} unpacks. Signatures are checked with the machine's keys.
 */
final class AptFetch {

  /** Debian's suite with etcd 3.5; it also runs on the release before. */
  private static final String PREFERRED_SUITE = "trixie";

  private final Path work;
  private final long deadline;

  /**
   * @param work an empty folder that is thrown away afterwards
   * @param deadline on {@link System#nanoTime}, for all commands together
   */
  AptFetch(Path work, long deadline) {
    this.work = work;
    this.deadline = deadline;
  }

  /**
   * Downloads and unpacks.
   *
   * @return the folder that holds {@code etcd} and perhaps {@code etcdctl}
   * @throws EtcdNotFoundException if no suite gave it, naming each attempt's reason
   */
  Path fetch() throws IOException, InterruptedException {
    List<AptSource> sources = machineSources();
    String own = codename();
    Set<String> suites = new LinkedHashSet<>(List.of(PREFERRED_SUITE, own));
    List<String> reasons = new ArrayList<>();
    for (String suite : suites) {
      String stanzas =
          String.join(
              "\n",
              sources.stream()
                  .filter(source -> source.serves(own))
                  .map(source -> source.forSuite(suite))
                  .toList());
      if (stanzas.isEmpty()) {
        reasons.add("no apt source of this machine serves '" + own + "'");
        continue;
      }
      try {
        return fetch(suite, stanzas);
      } catch (CommandFailedException e) {
        reasons.add(suite + ": " + e.getMessage());
      }
    }
    throw new EtcdNotFoundException(String.join("; ", reasons));
  }

  private Path fetch(String suite, String stanzas) throws IOException, InterruptedException {
    Path folder = Files.createDirectory(work.resolve(suite));
    Path parts = Files.createDirectory(folder.resolve("sources"));
    for (String needed : List.of("state", "lists/partial", "cache/archives/partial", "root")) {
      Files.createDirectories(folder.resolve(needed));
    }
    Files.writeString(parts.resolve("holdfast.sources"), stanzas);
    List<String> apt =
        List.of(
            "apt-get",
            "-q",
            "-o",
            "Dir::Etc::SourceList=/dev/null",
            "-o",
            "Dir::Etc::SourceParts=" + parts,
            "-o",
            "Dir::State=" + folder.resolve("state"),
            "-o",
            "Dir::State::Lists=" + folder.resolve("lists"),
            "-o",
            "Dir::Cache=" + folder.resolve("cache"),
            "-o",
            "APT::Sandbox::User=",
            "-o",
            "APT::Update::Error-Mode=any",
            "-o",
            "Acquire::Languages=none",
            "-o",
            "Acquire::Retries=1");
    Command.run(folder, deadline, plus(apt, "update"));
    Command.run(folder, deadline, plus(apt, "download", "etcd-server"));
    try {
      Command.run(folder, deadline, plus(apt, "download", "etcd-client"));
    } catch (CommandFailedException e) {
      // Only the command line tool; the server alone will do.
    }
    Path root = folder.resolve("root");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path deb : files.filter(file -> file.toString().endsWith(".deb")).toList()) {
        Command.run(folder, deadline, List.of("dpkg", "-x", deb.toString(), root.toString()));
      }
    }
    Path bin = root.resolve("usr/bin");
    if (!Files.isExecutable(bin.resolve("etcd"))) {
      throw new CommandFailedException("the package etcd-server holds no usr/bin/etcd");
    }
    return bin;
  }

  private static List<String> plus(List<String> command, String... more) {
    List<String> longer = new ArrayList<>(command);
    longer.addAll(List.of(more));
    return longer;
  }

  private static List<AptSource> machineSources() throws IOException {
    List<AptSource> sources = new ArrayList<>();
    Path apt = Path.of("/etc/apt");
    List<Path> files = new ArrayList<>(List.of(apt.resolve("sources.list")));
    if (Files.isDirectory(apt.resolve("sources.list.d"))) {
      try (Stream<Path> parts = Files.list(apt.resolve("sources.list.d"))) {
        parts.sorted().forEach(files::add);
      }
    }
    for (Path file : files.stream().filter(Files::isReadable).toList()) {
      if (file.toString().endsWith(".list")) {
        sources.addAll(AptSource.parseList(Files.readString(file)));
      } else if (file.toString().endsWith(".sources")) {
        sources.addAll(AptSource.parseDeb822(Files.readString(file)));
      }
    }
    return sources;
  }

  private static String codename() {
    try (Stream<String> lines = Files.lines(Path.of("/etc/os-release"))) {
      return lines
          .filter(line -> line.startsWith("VERSION_CODENAME="))
          .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
          .findFirst()
          .orElse("stable");
    } catch (IOException | UncheckedIOException e) {
      return "stable";
    }
  }
}
