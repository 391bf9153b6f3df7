package io.holdfast.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holdfast.payment.load.LoadReport;

/**
 * What became of the requests of a scenario.
 *
 * @param asked all of them
 * @param done that the clients were told are done
 * @param refused that they were told will never be done
 * @param unknownResolved of these two, whose answer was lost at first
 * @param unresolved of which nobody could tell the clients
 */
record ScenarioCounts(
    @JsonProperty("asked") long asked,
    @JsonProperty("done") long done,
    @JsonProperty("refused") long refused,
    @JsonProperty("unknown_resolved") long unknownResolved,
    @JsonProperty("unresolved") long unresolved) {

  static ScenarioCounts of(LoadReport load) {
    return new ScenarioCounts(
        load.acknowledged() + load.refused() + load.unresolved(),
        load.acknowledged(),
        load.refused(),
        load.unknownResolved(),
        load.unresolved());
  }
}
