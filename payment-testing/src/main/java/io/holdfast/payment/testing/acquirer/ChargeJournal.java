package io.holdfast.payment.testing.acquirer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Every state that a charge was ever in, a JSON object a line, the last one counts. Append-only; a
 * line that was cut short by a crash was never acknowledged, and is cut off. One writer.
 */
final class ChargeJournal implements AutoCloseable {

  static final ObjectMapper MAPPER = new ObjectMapper();

  private final FileChannel file;

  /** Opens it, or makes it, and hands over what it holds, in order. */
  ChargeJournal(Path path, Consumer<SimulatedCharge> known) throws IOException {
    file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      String text = Files.readString(path, StandardCharsets.UTF_8);
      int whole = text.lastIndexOf('\n') + 1;
      for (String line : text.substring(0, whole).lines().toList()) {
        known.accept(read(MAPPER.readTree(line)));
      }
      // All of it is ASCII, so that characters are bytes.
      file.truncate(whole);
      file.position(whole);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** On the disk when it returns. */
  void append(SimulatedCharge charge) {
    try {
      ByteBuffer line = StandardCharsets.US_ASCII.encode(json(charge) + "\n");
      while (line.hasRemaining()) {
        file.write(line);
      }
      file.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ObjectNode json(SimulatedCharge charge) {
    ObjectNode json =
        MAPPER
            .createObjectNode()
            .put("id", charge.id())
            .put("reference", charge.reference())
            .put("amount", charge.amount())
            .put("currency", charge.currency())
            .put("card", charge.card())
            .put("status", charge.status().name().toLowerCase(java.util.Locale.ROOT))
            .put("at", charge.at().toString());
    ArrayNode chargebacks = json.putArray("chargebacks");
    charge
        .chargebacks()
        .forEach(
            taken -> {
              ObjectNode one = chargebacks.addObject();
              put(one, taken.id(), taken.amount(), charge.currency(), taken.at());
              taken
                  .reversal()
                  .ifPresent(
                      back ->
                          put(
                              one.putObject("reversal"),
                              back.id(),
                              back.amount(),
                              charge.currency(),
                              back.at()));
            });
    return json;
  }

  private static void put(ObjectNode to, String id, long amount, String currency, Instant at) {
    to.put("id", id).put("amount", amount).put("currency", currency).put("at", at.toString());
  }

  private static SimulatedCharge read(JsonNode json) {
    List<SimulatedCharge.Chargeback> chargebacks = new ArrayList<>();
    for (JsonNode taken : json.path("chargebacks")) {
      chargebacks.add(
          new SimulatedCharge.Chargeback(
              taken.path("id").asText(),
              taken.path("amount").asLong(),
              Instant.parse(taken.path("at").asText()),
              reversal(taken.path("reversal"))));
    }
    return new SimulatedCharge(
        json.path("id").asText(),
        json.path("reference").asText(),
        json.path("amount").asLong(),
        json.path("currency").asText(),
        json.path("card").asText(),
        SimulatedCharge.Status.valueOf(
            json.path("status").asText().toUpperCase(java.util.Locale.ROOT)),
        Instant.parse(json.path("at").asText()),
        chargebacks);
  }

  private static Optional<SimulatedCharge.Reversal> reversal(JsonNode json) {
    return json.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            new SimulatedCharge.Reversal(
                json.path("id").asText(),
                json.path("amount").asLong(),
                Instant.parse(json.path("at").asText())));
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
