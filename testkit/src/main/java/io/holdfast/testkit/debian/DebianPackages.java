package io.holdfast.testkit.debian;

import io.holdfast.testkit.process.Command;
import io.holdfast.testkit.process.CommandFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes programs out of the distribution's packages without installing them and without root: apt
 * works on folders of its own and finds out what else the machine lacks, {@code dpkg -x} unpacks.
 * Signatures are checked with the machine's keys.
 */
public final class DebianPackages {

  /** What the machine itself runs. */
  private static final String OWN = codename();

  /** Nothing is installed, so nobody's lock on the machine's packages is in the way. */
  private static final List<String> WITH_WHAT_IS_MISSING =
      List.of(
          "-y",
          "--no-install-recommends",
          "-o",
          "Debug::NoLocking=true",
          "--download-only",
          "install");

  private final Path work;
  private final long deadline;

  /**
   * @param work an empty folder; what is unpacked stays in it
   * @param deadline on {@link System#nanoTime}, for all commands together
   */
  public DebianPackages(Path work, long deadline) {
    this.work = work;
    this.deadline = deadline;
  }

  /**
   * Downloads packages, and all that they depend on and the machine lacks, and unpacks them over
   * each other.
   *
   * @param newer a suite to try before the machine's own
   * @return the folder that stands for {@code /} in the packages
   * @throws CommandFailedException if no suite gave them, naming each attempt's reason
   */
  public Path unpack(Optional<String> newer, List<String> packages)
      throws IOException, InterruptedException {
    List<AptSource> sources = machineSources();
    Set<String> suites = new LinkedHashSet<>(newer.stream().toList());
    suites.add(OWN);
    List<String> reasons = new ArrayList<>();
    for (String suite : suites) {
      String stanzas =
          sources.stream()
              .filter(source -> source.serves(OWN))
              .map(source -> source.forSuite(suite))
              .collect(Collectors.joining("\n"));
      if (stanzas.isEmpty()) {
        reasons.add("no apt source of this machine serves '" + OWN + "'");
        continue;
      }
      try {
        return unpack(suite, stanzas, packages);
      } catch (CommandFailedException e) {
        reasons.add(suite + ": " + e.getMessage());
      }
    }
    throw new CommandFailedException(String.join("; ", reasons));
  }

  private Path unpack(String suite, String stanzas, List<String> packages)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectory(work.resolve(suite));
    Path parts = Files.createDirectory(folder.resolve("sources"));
    for (String part : List.of("state", "lists/partial", "cache/archives/partial", "root")) {
      Files.createDirectories(folder.resolve(part));
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
    Command.run(folder, deadline, plus(apt, List.of("update")));
    Path root = folder.resolve("root");
    Path archives = folder.resolve("cache/archives");
    // By name first: what is installed already would not be taken by the other.
    Command.run(archives, deadline, plus(plus(apt, List.of("download")), packages));
    Command.run(folder, deadline, plus(plus(apt, WITH_WHAT_IS_MISSING), packages));
    try (Stream<Path> files = Files.list(archives)) {
      for (Path deb : files.filter(file -> file.toString().endsWith(".deb")).toList()) {
        Command.run(folder, deadline, List.of("dpkg", "-x", deb.toString(), root.toString()));
      }
    }
    return root;
  }

  private static List<String> plus(List<String> command, List<String> more) {
    return Stream.concat(command.stream(), more.stream()).toList();
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
