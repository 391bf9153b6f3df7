/**
 * What concerns a namespace as a whole: {@code holdfast generation}, {@code holdfast audit}, {@code
 * holdfast doctor}.
 */
@NullMarked
package io.holdfast.cli.namespace;

import org.jspecify.annotations.NullMarked;
