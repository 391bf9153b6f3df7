package io.holdfast.payment.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What we wrote, read back by another parser. */
final class Xml {

  private final Element element;

  private Xml(Element element) {
    this.element = element;
  }

  static Xml parse(Path file) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setNamespaceAware(true);
      Document document = factory.newDocumentBuilder().parse(file.toFile());
      return new Xml(document.getDocumentElement());
    } catch (Exception e) {
      throw new AssertionError("not well-formed: " + file, e);
    }
  }

  String namespace() {
    return element.getNamespaceURI();
  }

  /** The elements at a path below this one. */
  List<Xml> all(String path) {
    List<Xml> found = List.of(this);
    for (String name : path.split("/", -1)) {
      List<Xml> next = new ArrayList<>();
      found.forEach(each -> each.children(name, next));
      found = next;
    }
    return found;
  }

  private void children(String name, List<Xml> into) {
    for (Node each = element.getFirstChild(); each != null; each = each.getNextSibling()) {
      if (each instanceof Element child && child.getLocalName().equals(name)) {
        into.add(new Xml(child));
      }
    }
  }

  /** The names of the elements directly inside, each once in a row. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    for (Node each = element.getFirstChild(); each != null; each = each.getNextSibling()) {
      if (each instanceof Element child
          && (names.isEmpty() || !names.get(names.size() - 1).equals(child.getLocalName()))) {
        names.add(child.getLocalName());
      }
    }
    return names;
  }

  List<String> texts(String path) {
    return all(path).stream().map(each -> each.element.getTextContent()).toList();
  }

  /** The one text at a path. */
  String text(String path) {
    List<String> texts = texts(path);
    if (texts.size() != 1) {
      throw new AssertionError(path + " is there " + texts.size() + " times");
    }
    return texts.get(0);
  }

  String attribute(String name) {
    return element.getAttribute(name);
  }
}
