package io.holdfast.chaos.report;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.history.HistoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a run is kept: its history, its report and its summary, as three files side by side. */
public final class ReportFiles {

  private ReportFiles() {}

  /**
   * Writes {@code NAME.jsonl}, {@code NAME.html} and {@code NAME.txt}, over what was there before.
   *
   * @param folder made if it is not there
   * @throws IOException if one of them cannot be written
   */
  public static void write(Path folder, String name, ChaosResult result) throws IOException {
    Files.createDirectories(folder);
    HistoryFiles.write(folder.resolve(name + ".jsonl"), result.history());
    Files.writeString(folder.resolve(name + ".html"), HtmlReport.of(result));
    Files.writeString(folder.resolve(name + ".txt"), result.summary());
  }
}
