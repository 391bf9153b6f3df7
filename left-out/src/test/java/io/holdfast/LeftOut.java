package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.InjectedFaults;
import io.holdfast.chaos.fault.Capability;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.FaultCatalog;
import io.holdfast.chaos.fault.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The last of all tests: says on one line what this machine has kept the others from testing, and
 * what it takes. Where everything is to be covered, {@code -Dholdfast.complete=true} lets it fail
 * if a kind of fault was left out.
 */
final class LeftOut {

  /** Each asks for a part of the tests only. */
  private static final List<String> NARROWING =
      List.of("test", "holdfast.faults", "holdfast.store", "holdfast.cluster", "chaos.minutes");

  private static final Path CHAOS = Path.of("..", "chaos-tests", "target", "chaos");

  /** From the folder of all modules: module, target, reports, file. */
  private static final int DEPTH = 4;

  private final Instant begun = Instant.parse(System.getProperty("holdfast.begun", ""));
  private final List<String> providers = Clusters.providers();

  @Test
  void kindsOfFault_whereAllAreToBeCovered_allWereThere() throws Exception {
    if (NARROWING.stream().anyMatch(each -> !System.getProperty(each, "").isEmpty())) {
      return;
    }
    Map<String, Set<String>> faults = faults();
    System.out.println(line(faults, skippedTests()));
    Set<String> flaky = flakyTests();
    if (!flaky.isEmpty()) {
      System.out.println("PASSED ONLY WHEN RUN AGAIN, find out why: " + words(flaky));
    }
    if (Boolean.getBoolean("holdfast.complete")) {
      assertThat(faults).as("kinds of fault that were left out, by what they take").isEmpty();
    }
  }

  static String line(Map<String, Set<String>> faults, Map<String, Set<String>> tests) {
    List<String> parts =
        Stream.concat(
                faults.entrySet().stream()
                    .map(each -> words(each.getValue()) + " (takes " + each.getKey() + ")"),
                tests.entrySet().stream()
                    .map(each -> words(each.getValue()) + " (" + each.getKey() + ")"))
            .toList();
    return "LEFT OUT: " + (parts.isEmpty() ? "nothing" : String.join("; ", parts));
  }

  private static String words(Set<String> words) {
    return String.join(", ", words);
  }

  /** Faults that did not come about, by what they take; with the store if only one lacks it. */
  private Map<String, Set<String>> faults() throws IOException {
    Map<String, Set<String>> missing = new TreeMap<>();
    for (Fault fault : FaultCatalog.all()) {
      Map<Store, String> lacking = lacking(fault);
      boolean everywhere =
          lacking.keySet().containsAll(stores(fault)) && Set.copyOf(lacking.values()).size() == 1;
      lacking.forEach(
          (store, takes) ->
              missing
                  .computeIfAbsent(takes, absent -> new TreeSet<>())
                  .add(everywhere ? fault.name() : fault + " on " + store));
    }
    return missing;
  }

  private static Set<Store> stores(Fault fault) {
    return Arrays.stream(Store.values())
        .filter(store -> Clusters.everyCapability(store).containsAll(fault.needs()))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Store.class)));
  }

  /** The stores that have not met a fault, though they could somewhere, with what it takes. */
  private Map<Store, String> lacking(Fault fault) throws IOException {
    Map<Store, String> lacking = new EnumMap<>(Store.class);
    for (Store store : stores(fault)) {
      if (!InjectedFaults.since(CHAOS, begun, store).contains(fault.name())) {
        Set<Capability> here = EnumSet.noneOf(Capability.class);
        providers.forEach(each -> here.addAll(Clusters.capabilities(each, store)));
        lacking.put(store, takes(fault, here));
      }
    }
    return lacking;
  }

  private static String takes(Fault fault, Set<Capability> here) {
    Set<String> lacking =
        fault.needs().stream()
            .filter(need -> !here.contains(need))
            .map(Capability::takes)
            .collect(Collectors.toCollection(TreeSet::new));
    return lacking.isEmpty() ? "a run that comes to it: it was possible here" : words(lacking);
  }

  /** Classes with tests that an assumption has stopped, in any module, by its message. */
  private Map<String, Set<String>> skippedTests()
      throws IOException, ParserConfigurationException, SAXException {
    Map<String, Set<String>> skipped = new TreeMap<>();
    for (Element each : inReports("skipped")) {
      if (each.getAttribute("message").contains("Assumption failed: ")) {
        skipped
            .computeIfAbsent(
                each.getAttribute("message").replaceFirst(".*Assumption failed: ", ""),
                absent -> new TreeSet<>())
            .add(className(each));
      }
    }
    return skipped;
  }

  /** Tests that failed, and passed when they were run again, in any module. */
  private Set<String> flakyTests() throws IOException, ParserConfigurationException, SAXException {
    Set<String> flaky = new TreeSet<>();
    for (String kind : List.of("flakyFailure", "flakyError")) {
      for (Element each : inReports(kind)) {
        flaky.add(className(each) + "." + ((Element) each.getParentNode()).getAttribute("name"));
      }
    }
    return flaky;
  }

  private static String className(Element ofTest) {
    String name = ((Element) ofTest.getParentNode()).getAttribute("classname");
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private List<Element> inReports(String tag)
      throws IOException, ParserConfigurationException, SAXException {
    List<Element> found = new ArrayList<>();
    for (Path report : reports()) {
      NodeList all =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getElementsByTagName(tag);
      for (int i = 0; i < all.getLength(); i++) {
        if (all.item(i) instanceof Element each) {
          found.add(each);
        }
      }
    }
    return found;
  }

  /** Those of this build. */
  private List<Path> reports() throws IOException {
    try (Stream<Path> files = Files.find(Path.of(".."), DEPTH, (file, about) -> isReport(file))) {
      return files.filter(file -> file.toFile().lastModified() >= begun.toEpochMilli()).toList();
    }
  }

  private static boolean isReport(Path file) {
    return file.toString().matches(".*/target/surefire-reports/TEST-.*\\.xml");
  }
}
