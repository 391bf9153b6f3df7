/** Four programs to copy from: each is one file, and shows one thing whole. */
@NullMarked
package samples;

import org.jspecify.annotations.NullMarked;
