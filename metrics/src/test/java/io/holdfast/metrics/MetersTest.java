package io.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MetersTest {

  private static final Path PAGE = Path.of("../docs/metrics.md");
  private static final Path SOURCES = Path.of("src/main/java/io/holdfast/metrics");

  /** What a line of the page has to say of a meter, beside the words. */
  private record Line(String name, String kind, String unit, List<String> tags) {

    static Line of(Meters meter) {
      return new Line(
          meter.text(), meter.kind().text(), meter.kind().unit(), List.copyOf(meter.tags()));
    }

    static Line of(String text) {
      String[] cells = text.split("\\|", -1);
      String tags = cells[5].strip();
      return new Line(
          cells[1].strip().replace("`", ""),
          cells[2].strip(),
          cells[3].strip(),
          tags.isEmpty() ? List.of() : List.of(tags.split(", ")));
    }
  }

  @Test
  void page_listsEveryMeterWithKindUnitAndTags() throws IOException {
    List<Line> listed =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| `holdfast."))
            .map(Line::of)
            .toList();

    assertThat(listed)
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(Meters.values()).map(Line::of).toList());
  }

  /** Or the list would not be all. */
  @Test
  void meters_areMadeInOnePlace() throws IOException {
    Pattern otherwise = Pattern.compile("\"holdfast\\.|\\b(Timer|Counter|Gauge|Summary)\\.builder");
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.filter(each -> !each.endsWith("Meters.java")).toList()) {
        assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern(otherwise);
      }
    }
  }

  @Test
  void tags_moreOrLessThanListed_areRefused() {
    assertThatThrownBy(() -> Meters.DRAIN.timer(new SimpleMeterRegistry(), "billing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holdfast.drain has the tags [service, ending]");
  }
}
