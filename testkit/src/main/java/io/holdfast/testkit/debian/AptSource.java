package io.holdfast.testkit.debian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One source of binary packages as this machine's apt has it, in the fields of the deb822 format.
 *
 * <p>What is read keeps its address and its key; only the suite is ever replaced. So no package is
 * trusted that the machine's own configuration would not trust.
 *
 * @param fields in lower case, such as {@code uris}, {@code suites}, {@code signed-by}
 */
record AptSource(Map<String, String> fields) {

  private static final List<String> KEPT =
      List.of("uris", "components", "signed-by", "architectures", "trusted");

  /** Reads a classic {@code sources.list}. */
  static List<AptSource> parseList(String text) {
    return text.lines().map(AptSource::parseLine).flatMap(Optional::stream).toList();
  }

  private static Optional<AptSource> parseLine(String line) {
    String rest = line.replaceAll("#.*", "").strip();
    if (!rest.startsWith("deb ") && !rest.startsWith("deb\t")) {
      return Optional.empty();
    }
    rest = rest.substring(3).strip();
    Map<String, String> fields = new LinkedHashMap<>();
    if (rest.startsWith("[") && rest.indexOf(']') > 0) {
      for (String option : words(rest.substring(1, rest.indexOf(']')))) {
        int equals = option.indexOf('=');
        if (equals > 0) {
          fields.put(optionField(option.substring(0, equals)), option.substring(equals + 1));
        }
      }
      rest = rest.substring(rest.indexOf(']') + 1).strip();
    }
    List<String> words = words(rest);
    if (words.size() < 3) {
      return Optional.empty();
    }
    fields.put("uris", words.get(0));
    fields.put("suites", words.get(1));
    fields.put("components", String.join(" ", words.subList(2, words.size())));
    return Optional.of(new AptSource(fields));
  }

  private static String optionField(String option) {
    return option.equals("arch") ? "architectures" : option.toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a deb822 {@code *.sources} file; stanzas that are disabled or not of type deb drop out.
   */
  static List<AptSource> parseDeb822(String text) {
    List<AptSource> sources = new ArrayList<>();
    for (String stanza : text.split("\\n[ \\t]*\\n", -1)) {
      Map<String, String> fields = new LinkedHashMap<>();
      String field = "";
      for (String line : stanza.lines().filter(l -> !l.startsWith("#")).toList()) {
        int colon = line.indexOf(':');
        if (line.startsWith(" ") || line.startsWith("\t")) {
          fields.computeIfPresent(field, (name, value) -> value + "\n" + line);
        } else if (colon > 0) {
          field = line.substring(0, colon).toLowerCase(Locale.ROOT);
          fields.put(field, line.substring(colon + 1).strip());
        }
      }
      if (words(fields.getOrDefault("types", "")).contains("deb")
          && !fields.getOrDefault("enabled", "yes").equalsIgnoreCase("no")
          && fields.containsKey("uris")
          && fields.containsKey("suites")
          && fields.containsKey("components")) {
        sources.add(new AptSource(fields));
      }
    }
    return sources;
  }

  /** True if this is where the packages of {@code suite} itself are, updates and security aside. */
  boolean serves(String suite) {
    return words(fields.getOrDefault("suites", "")).contains(suite);
  }

  /** The same source for one other suite, as a stanza of a {@code .sources} file. */
  String forSuite(String suite) {
    String kept =
        KEPT.stream()
            .filter(fields::containsKey)
            .map(name -> name + ": " + fields.get(name) + "\n")
            .collect(Collectors.joining());
    return "types: deb\nsuites: " + suite + "\n" + kept;
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.strip().split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }
}
