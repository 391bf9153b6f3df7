package io.holdfast.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testkit.process.Command;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A browser shows the report as it is meant. Runs where Chromium is installed. */
@Timeout(180)
final class RenderedReportTest {

  /** Of a zombie: the red of the style sheet, which the bar below shows through. */
  private static final int RED = 0xde5f5c;

  private static final int BLUE = 0x3b7dd8;

  /** Of a view that shows what is registered. */
  private static final int GREEN = 0x2a9d4a;

  private static final int NEAR = 70;

  private static Optional<Path> chromium() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, "chromium"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Test
  void report_inABrowser_showsHoldsInBlueZombiesInRedAndTrueViewsInGreen(@TempDir Path folder)
      throws Exception {
    Optional<Path> chromium = chromium();
    if (chromium.isEmpty()) {
      System.out.println("SKIPPED: no chromium on the PATH, so the report is not rendered");
    }
    assumeTrue(chromium.isPresent(), "no chromium");
    Path page =
        Files.writeString(folder.resolve("run.html"), HtmlReport.of(HtmlReportTest.zombie()));
    Path picture = folder.resolve("run.png");

    Command.run(
        folder,
        System.nanoTime() + TimeUnit.SECONDS.toNanos(120),
        List.of(
            chromium.get().toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--user-data-dir=" + folder.resolve("profile"),
            "--window-size=1300,2400",
            "--screenshot=" + picture,
            page.toUri().toString()));

    BufferedImage shown = ImageIO.read(picture.toFile());
    assertThat(near(shown, BLUE)).as("blue pixels").isGreaterThan(500);
    assertThat(near(shown, GREEN)).as("green pixels").isGreaterThan(500);
    assertThat(near(shown, RED)).as("red pixels").isGreaterThan(500);
  }

  private static long near(BufferedImage picture, int colour) {
    long count = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int pixel = picture.getRGB(x, y);
        if (distance(pixel, colour, 16) + distance(pixel, colour, 8) + distance(pixel, colour, 0)
            < NEAR) {
          count++;
        }
      }
    }
    return count;
  }

  private static int distance(int a, int b, int shift) {
    return Math.abs((a >> shift & 0xff) - (b >> shift & 0xff));
  }
}
