/** {@code holdfast elections}: who leads. {@code ElectionsCommand} names the verbs. */
@NullMarked
package io.holdfast.cli.elections;

import org.jspecify.annotations.NullMarked;
