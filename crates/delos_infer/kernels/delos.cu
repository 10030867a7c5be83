// All kernels as one program: one compilation, one cached binary, one committed PTX.
#include "letterbox.cu"
#include "select.cu"
#include "yolox.cu"
#include "suppress_2d.cu"
#include "pillars.cu"
#include "anchors.cu"
#include "heatmap.cu"
#include "suppress_bev.cu"
