package io.holdfast.gateway.eureka;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** The JSON trees of this door as Eureka's XML. Only writes: no XML of a client is read. */
final class EurekaXml {

  private static final XMLOutputFactory FACTORY = XMLOutputFactory.newInstance();
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9._-]*");

  /** What XML cannot hold, escaped or not. */
  private static final Pattern FORBIDDEN =
      Pattern.compile("[^\\t\\n\\r\\x20-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");

  private EurekaXml() {}

  /** The one member of {@code tree} as the root element. */
  static byte[] write(JsonNode tree) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      XMLStreamWriter writer = FACTORY.createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
      members(writer, tree);
      writer.close();
      return out.toByteArray();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private static void members(XMLStreamWriter writer, JsonNode tree) throws XMLStreamException {
    for (Map.Entry<String, JsonNode> member : tree.properties()) {
      String name = member.getKey();
      JsonNode value = member.getValue();
      if (value.isArray()) {
        for (JsonNode one : value) {
          element(writer, name, one);
        }
      } else if (!name.startsWith("@") && NAME.matcher(name).matches()) {
        // A key of metadata that is no name of XML is left out; JSON has it.
        element(writer, name.equals("overriddenStatus") ? "overriddenstatus" : name, value);
      }
    }
  }

  private static void element(XMLStreamWriter writer, String name, JsonNode value)
      throws XMLStreamException {
    writer.writeStartElement(name);
    if (value.isObject()) {
      for (Map.Entry<String, JsonNode> member : value.properties()) {
        if (member.getKey().startsWith("@")) {
          writer.writeAttribute(member.getKey().substring(1), text(member.getValue()));
        }
      }
      if (value.has("$")) {
        writer.writeCharacters(text(value.get("$")));
      } else {
        members(writer, value);
      }
    } else {
      writer.writeCharacters(text(value));
    }
    writer.writeEndElement();
  }

  private static String text(JsonNode value) {
    return FORBIDDEN.matcher(value.asText()).replaceAll("\uFFFD");
  }
}
