/* The least that a FastCGI program can be: what libfcgi itself costs. The listening socket is descriptor 0. */
#include <fcgiapp.h>

int main(void) {
    FCGX_Request request;
    if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0) return 1;
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_FPrintF(request.out,
                     "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                     "Cache-Control: no-store\r\n\r\n%s",
                     15, "{\"status\":\"ok\"}");
        FCGX_Finish_r(&request);
    }
    return 0;
}
